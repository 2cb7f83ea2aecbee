using System.CommandLine;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Tests.Sidecar;

namespace Snakepit.Tests.Serving;

/// <summary>What an executable other than the sidecar makes of the same pieces.</summary>
public sealed class CommandRunnerTests
{
    private static readonly ProgramText Program = new("snakepit-gateway", "A program under test.", "snakepit-gateway --port 1");

    private SettingValues? _served;

    [Theory]
    [InlineData(50051)]
    [InlineData(50051, "run")]
    [InlineData(7, "--port", "7")]
    [InlineData(7, "run", "--port", "7")]
    [InlineData(7, "--port=7")]
    public async Task Without_a_command_the_server_runs(int port, params string[] arguments)
    {
        Assert.Equal(new Typed(0, "", ""), await Typed.RunAsync(Server(), arguments));
        Assert.Equal(port, _served!.Of(ListenGroup.Port));
    }

    [Theory]
    [InlineData("--port x", "--port: 'x' is not a port, 0 to 65535")]
    [InlineData("--prot 1", "Unrecognized command or argument '--prot'; did you mean '--port'?")]
    [InlineData("serve", "Unrecognized command 'serve'; see snakepit-gateway --help")]
    public async Task A_mistake_is_told_under_the_name_of_the_program(string line, string message)
    {
        Assert.Equal(new Typed(1, "", $"snakepit-gateway: {message}\n"), await Typed.RunAsync(Server(), line.Split(' ')));
        Assert.Null(_served);
    }

    [Fact]
    public async Task The_help_text_is_that_of_the_program()
    {
        var help = (await Typed.RunAsync(Server(), "--help")).Output;
        Assert.Contains("A program under test.", help, StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n  snakepit-gateway --port 1\n", help, StringComparison.Ordinal);
        Assert.Contains("\n  1  a bad option", help, StringComparison.Ordinal);
        Assert.DoesNotContain("no server answered", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_server_command_help_is_shown()
    {
        var typed = await Typed.RunAsync(new CommandRunner(Program, server: null, () => [new("ask", () => new Command("ask"))]));
        Assert.Equal((0, ""), (typed.ExitCode, typed.Error));
        Assert.Contains("\n  ask", typed.Output, StringComparison.Ordinal);
    }

    private CommandRunner Server() => new(
        Program,
        new ServerCommand(
            "run",
            "Serve.",
            [.. ListenGroup.All, .. ConfigGroup.All],
            values =>
            {
                _served = values;
                return Task.FromResult(ExitCode.Done);
            },
            "snakepit-gateway run"),
        () => []);
}
