using Snakepit.Sidecar.Data;
using Snakepit.Storage.Archive;

namespace Snakepit.Tests.Sidecar;

/// <summary>What a terminal shows while sessions are carried about.</summary>
public sealed class ProgressLineTests
{
    private static readonly TimeSpan Elapsed = TimeSpan.FromSeconds(12);

    [Fact]
    public void Of_what_is_read_it_shows_the_part_of_the_file()
    {
        using var line = new ProgressLine(TextWriter.Null, "importing") { FileBytes = 4 << 20 };
        Assert.Equal("importing [##########          ]  50 %: 7 sessions, 2.0 MiB, 12 s", line.LineOf(new ArchiveProgress(7, 2 << 20), Elapsed));
        Assert.Equal("checking [####################] 100 %: 9 sessions, 4.0 MiB, 12 s", line.LineOf(new ArchiveProgress(9, 4 << 20, IsCheck: true), Elapsed));
    }

    [Fact]
    public void Of_what_is_written_it_shows_the_part_of_the_sessions_which_may_have_become_more()
    {
        using var line = new ProgressLine(TextWriter.Null, "exporting") { Sessions = 8 };
        Assert.Equal("exporting [#####               ]  25 %: 2 sessions, 1.0 MiB, 12 s", line.LineOf(new ArchiveProgress(2, 1 << 20), Elapsed));
        Assert.StartsWith("exporting [####################] 100 %: 9 sessions", line.LineOf(new ArchiveProgress(9, 1 << 20), Elapsed), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_knows_how_much_there_is_it_has_no_bar()
    {
        using var line = new ProgressLine(TextWriter.Null, "exporting");
        Assert.Equal("exporting: 2 sessions, 1.0 MiB, 12 s", line.LineOf(new ArchiveProgress(2, 1 << 20), Elapsed));
    }

    [Fact]
    public async Task It_is_taken_away_once_and_not_from_below_what_was_printed_behind_it()
    {
        await using var terminal = new StringWriter();
        var line = new ProgressLine(terminal, "importing");
        while (terminal.GetStringBuilder().Length == 0)
        {
            // It shows nothing of what is done at once.
            line.Report(new ArchiveProgress(1, 1));
            await Task.Yield();
        }

        line.Dispose();
        var gone = terminal.ToString();
        line.Dispose();
        Assert.EndsWith("\r\e[K", gone, StringComparison.Ordinal);
        Assert.Equal(gone, terminal.ToString());
    }
}
