using Snakepit.Serving.Doctor;

namespace Snakepit.Tests.Serving;

/// <summary>Whether a process may have as many files open as its server would have connections.</summary>
public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("20000", 10_000)]
    [InlineData("10256", 10_000)]
    [InlineData("unlimited", 1_000_000)]
    [InlineData("512", 100)]
    [InlineData("4096", 0)]
    public void As_many_as_there_can_be_connections_and_some_more_are_good(string limit, int connections) =>
        Assert.Equal(Verdict.Good, MachineChecks.OpenFiles(limit, connections).Verdict);

    [Fact]
    public void More_connections_than_files_are_doubtful_with_both_figures_and_what_to_do()
    {
        var finding = MachineChecks.OpenFiles("20000", 50_000);

        Assert.Equal(Verdict.Doubtful, finding.Verdict);
        Assert.Equal("20000 at most, and --max-connections is 50000: each connection is one", finding.Text);
        Assert.Equal("raise the limit to 50256 or more (`ulimit -n`, LimitNOFILE=), or lower --max-connections to 19744 or less", finding.Advice);
    }

    [Fact]
    public void Where_hardly_any_are_allowed_only_more_will_do() => Assert.Equal(
        "raise the limit to 10256 or more (`ulimit -n`, LimitNOFILE=)", MachineChecks.OpenFiles("256", 10_000).Advice);

    [Fact]
    public void Few_are_doubtful_for_a_process_that_takes_no_calls_too() =>
        Assert.Equal(Verdict.Doubtful, MachineChecks.OpenFiles("1024", 0).Verdict);
}
