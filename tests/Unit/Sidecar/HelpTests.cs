using System.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Data;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Tests.Sidecar;

public sealed class HelpTests
{
    [Fact]
    public async Task It_tells_every_setting_with_its_variable_and_default()
    {
        await ExpectAllAsync(ServeSettings.All, "serve");
    }

    [Fact]
    public async Task It_tells_what_every_client_command_can_be_told()
    {
        IReadOnlyList<Setting> offered = [.. ClientSettings.All.Where(setting => !setting.IsSecret)];
        await ExpectAllAsync(offered, "ping");
        await ExpectAllAsync(offered, "watch");
        Assert.Contains("SNAKEPIT_TOKEN", (await Typed.RunAsync("ping", "--help")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("raise-revisions")]
    public async Task It_tells_where_a_store_can_be(string command)
    {
        await ExpectAllAsync([.. StoreSettings.All.Where(setting => !setting.IsSecret)], command);
        var help = (await Typed.RunAsync(command, "--help")).Output;
        Assert.Contains("SNAKEPIT_DATABASE", help, StringComparison.Ordinal);
        Assert.DoesNotContain("--database ", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "SNAKEPIT_PORT, default 50051")]
    [InlineData("--listen", "SNAKEPIT_LISTEN, default localhost")]
    [InlineData("--insecure", "SNAKEPIT_INSECURE")]
    [InlineData("--memory", "SNAKEPIT_MEMORY")]
    [InlineData("--ttl", "SNAKEPIT_TTL, default 1h")]
    [InlineData("--heartbeat", "SNAKEPIT_HEARTBEAT, default 30s")]
    [InlineData("--max-value-bytes", "SNAKEPIT_MAX_VALUE_BYTES, default 16MiB")]
    [InlineData("--max-message-bytes", "SNAKEPIT_MAX_MESSAGE_BYTES, default 64MiB")]
    [InlineData("--max-name-bytes", "SNAKEPIT_MAX_NAME_BYTES, default 256")]
    [InlineData("--max-batch", "SNAKEPIT_MAX_BATCH, default 1000")]
    [InlineData("--log-format", "SNAKEPIT_LOG_FORMAT, default text")]
    [InlineData("--log-level", "SNAKEPIT_LOG_LEVEL, default info")]
    [InlineData("--config", "SNAKEPIT_CONFIG")]
    public async Task Defaults_are_told_in_the_words_one_would_type(string option, string source)
    {
        var help = WithoutSpace((await Typed.RunAsync("serve", "--help")).Output);
        Assert.Matches($@"{option}[^\[]*(\[:PORT\][^\[]*)?{System.Text.RegularExpressions.Regex.Escape(WithoutSpace($"[{source}]"))}", help);
    }

    [Fact]
    public async Task It_says_which_port_the_admin_address_has_where_none_is_named() => Assert.Contains(
        WithoutSpace("Without a port any free one, told in the log [SNAKEPIT_ADMIN]"), WithoutSpace((await Typed.RunAsync("serve", "--help")).Output), StringComparison.Ordinal);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task Without_a_command_it_lists_the_commands(string option)
    {
        var typed = await Typed.RunAsync(option);
        Assert.Equal(0, typed.ExitCode);
        Assert.Empty(typed.Error);
        Assert.All(
            ["serve", "get", "set", "watch", "history", "tools", "call", "workers", "calc", "ping", "top", "doctor", "completion", "export", "import"],
            command => Assert.Contains($"\n  {command} ", typed.Output, StringComparison.Ordinal));
        Assert.Contains("\nExamples:\n  snakepit demo\n", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "snakepit serve --data ./data --port 3000")]
    [InlineData("set", "snakepit set tour temperature 21.5")]
    [InlineData("calc", "snakepit calc '2 * 21'")]
    public async Task Of_a_command_it_shows_examples_and_exit_codes(string command, string example)
    {
        var typed = await Typed.RunAsync(command, "--help");
        Assert.Equal(0, typed.ExitCode);
        Assert.Contains($"\n  {example}\n", typed.Output, StringComparison.Ordinal);
        Assert.Contains("\nExit codes:\n  0  done", typed.Output, StringComparison.Ordinal);
        Assert.Contains("\n  3  no server answered\n", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_that_prints_facts_can_print_them_for_programs()
    {
        // A tour, and what a shell reads, are none.
        var others = SidecarCommands.All.Where(command => command.Name is not ("demo" or "completion")).ToList();
        Assert.All(others, command => Assert.True(TakesJson(command.Make()), $"{command.Name} has no --json"));

        static bool TakesJson(Command command) => command.Subcommands is []
            ? command.Options.Any(option => option.Name == "--json")
            : command.Subcommands.All(TakesJson);
    }

    [Fact]
    public async Task It_is_shown_whatever_else_is_wrong()
    {
        var typed = await Typed.RunAsync("serve", "--prot", "3", "--help");
        Assert.Equal(0, typed.ExitCode);
        Assert.Empty(typed.Error);
        Assert.Contains("--port", typed.Output, StringComparison.Ordinal);
    }

    private static async Task ExpectAllAsync(IReadOnlyList<Setting> settings, string command)
    {
        var typed = await Typed.RunAsync(command, "--help");
        Assert.Equal(0, typed.ExitCode);
        var help = WithoutSpace(typed.Output);
        foreach (var setting in settings)
        {
            var name = setting.ValueName is { } value ? $"{setting.Option}<{value}>" : setting.Option;
            var source = setting.DefaultText is { } text ? $"[{setting.Variable}, default {text}]" : $"[{setting.Variable}]";
            Assert.Contains(WithoutSpace($"{name}{setting.Description}{source}"), help, StringComparison.Ordinal);
        }
    }

    /// <summary>Where a terminal is narrow, help texts are wrapped.</summary>
    private static string WithoutSpace(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
