using System.Text.Json;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Sidecar;

/// <summary>`snakepit backup` and `snakepit restore`.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Backup => _folder.File("backup");

    private string Other => _folder.File("other");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_in_use_is_backed_up_as_it_is_at_that_moment_and_restored_above_it()
    {
        await using var server = SqliteStore.Open(Data);
        var session = new ScriptedSession(server);
        await session.AppendManyAsync("x", 3);
        await server.Calculations.SaveAsync(new StoredCalculation("token", 1.5, ScriptedSession.Expiry));
        var made = await Typed.RunAsync("backup", Backup, "--data", Data);
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.Matches($@"^backed up 1 session, 3 changes: {new FileInfo(Backup).Length} bytes in \d+\.\d s, checked, to {Backup}\n$", made.Output);
        Assert.Equal(AppendResult.Stored, await session.AppendAsync("y"));

        var restored = await Typed.RunAsync("restore", Backup, "--data", Other, "--json");
        Assert.Equal((0, ""), (restored.ExitCode, restored.Error));
        var told = JsonDocument.Parse(restored.Output).RootElement;
        Assert.Equal((1, 3, 1), (told.GetProperty("sessions").GetInt32(), told.GetProperty("changes").GetInt32(), told.GetProperty("calculations").GetInt32()));
        Assert.Equal(["lock", "snakepit.db"], Directory.GetFileSystemEntries(Other).Select(Path.GetFileName).Order());
        await using var store = SqliteStore.Open(Other);
        var stored = await store.LoadAsync(session.Key, default);
        Assert.Equal(told.GetProperty("revision").GetInt64(), Assert.Single(stored.CommitsAfter, commit => commit.Record.Restored).LastRevision);
        Assert.Equal(stored.Floor, told.GetProperty("revision").GetInt64());
        Assert.InRange(stored.Floor, 1_700_000_000_000_000, 9_007_199_254_740_991);
        Assert.Equal(1.5, (await store.Calculations.FindAsync("token", default))!.Value);
    }

    [Fact]
    public async Task A_file_that_is_there_is_only_replaced_when_that_was_said()
    {
        await FillAsync();
        await File.WriteAllTextAsync(Backup, "before");
        await ExpectAsync($"{Backup} is there already; name another file, or say --replace", "backup", Backup, "--data", Data);
        Assert.Equal("before", await File.ReadAllTextAsync(Backup));
        var replaced = await Typed.RunAsync("backup", Backup, "--data", Data, "--replace", "--json");
        Assert.True(JsonDocument.Parse(replaced.Output).RootElement.GetProperty("checked").GetBoolean());
        Assert.Equal([Backup], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task What_somebody_put_where_the_draft_might_be_written_stays_as_it_was()
    {
        await FillAsync();
        var foreseen = $"{Backup}.{Environment.ProcessId}.tmp";
        await File.WriteAllTextAsync(foreseen, "mine");
        Assert.Equal(0, (await Typed.RunAsync("backup", Backup, "--data", Data)).ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(foreseen));
        Assert.Equal([Backup, foreseen], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_backup_that_fails_leaves_no_file()
    {
        await FillAsync();
        await using (var file = File.OpenWrite(Path.Combine(Data, "snakepit.db")))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Equal(1, (await Typed.RunAsync("backup", Backup, "--data", Data)).ExitCode);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("snakepit.db")]
    [InlineData("something else")]
    public async Task Only_an_empty_folder_is_restored_into(string present)
    {
        await FillAsync();
        await Typed.RunAsync("backup", Backup, "--data", Data);
        Directory.CreateDirectory(Other);
        await File.WriteAllTextAsync(Path.Combine(Other, present), "mine");
        await ExpectAsync(
            $"The data folder {Other} is not empty; a restore needs one that is. Move what is there out of the way, or name another.",
            "restore", Backup, "--data", Other);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Other, present)));
        Assert.Single(Directory.GetFileSystemEntries(Other));
    }

    [Fact]
    public async Task A_folder_where_a_restore_was_broken_off_counts_as_empty()
    {
        await FillAsync();
        await Typed.RunAsync("backup", Backup, "--data", Data);
        Directory.CreateDirectory(Path.Combine(Other, ".restoring"));
        await File.WriteAllTextAsync(Path.Combine(Other, ".restoring", "snakepit.db"), "half");
        await File.WriteAllTextAsync(Path.Combine(Other, "lock"), "");
        Assert.Equal((0, ""), await Typed.RunAsync("restore", Backup, "--data", Other) is var done ? (done.ExitCode, done.Error) : default);
        Assert.False(Directory.Exists(Path.Combine(Other, ".restoring")));
    }

    [Theory]
    [InlineData(40, "")]
    [InlineData(8, "its format is version 255, newer than this program's 3; use a newer program")]
    public async Task A_file_that_is_damaged_or_newer_leaves_no_folder(int at, string words)
    {
        await FillAsync();
        await Typed.RunAsync("backup", Backup, "--data", Data);
        await using (var file = File.OpenWrite(Backup))
        {
            file.Position = at;
            file.WriteByte(255);
        }

        var refused = await Typed.RunAsync("restore", Backup, "--data", Other);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"snakepit: {Backup}", refused.Error, StringComparison.Ordinal);
        Assert.Contains(words, refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Other));
    }

    [Fact]
    public async Task A_folder_brought_back_by_other_means_is_raised()
    {
        await FillAsync();
        var raised = await Typed.RunAsync("raise-revisions", "--data", Data, "--as-of", "2026-01-01T00:00:00Z", "--json");
        var told = JsonDocument.Parse(raised.Output).RootElement;
        Assert.Equal(1, told.GetProperty("sessions").GetInt32());
        await using var store = SqliteStore.Open(Data);
        Assert.Equal(told.GetProperty("revision").GetInt64(), (await store.LoadAsync(new("", "s"), default)).Floor);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_in_a_line()
    {
        await ExpectAsync($"{Data} holds no sessions: it has no snakepit.db", "backup", Backup, "--data", Data);
        await ExpectAsync($"{Data} holds no sessions: it has no snakepit.db", "raise-revisions", "--data", Data);
        await ExpectAsync("--as-of: 'then' is no time; write it as 2026-11-26T04:00:00Z", "raise-revisions", "--data", Data, "--as-of", "then");
        await ExpectAsync("--as-of: 2200-01-01 is still to come", "raise-revisions", "--data", Data, "--as-of", "2200-01-01");
        await ExpectAsync($"Could not find file '{Backup}'.", "restore", Backup, "--data", Other);
        Assert.False(Directory.Exists(Other));
    }

    private async Task FillAsync()
    {
        await using var store = SqliteStore.Open(Data);
        await new ScriptedSession(store).AppendManyAsync("x", 3);
    }

    private static async Task ExpectAsync(string message, params string[] arguments) =>
        Assert.Equal(new Typed(1, "", $"snakepit: {message}\n"), await Typed.RunAsync(arguments));
}
