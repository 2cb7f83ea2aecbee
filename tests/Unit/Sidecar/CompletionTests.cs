using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Sidecar;

/// <summary>What a shell is told when Tab is pressed.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("snakepit w", "watch", "workers")]
    [InlineData("snakepit ", "get", "serve", "completion")]
    [InlineData("snakepit watch tour --time", "--timeout")]
    [InlineData("snakepit serve --max-", "--max-batch", "--max-message-bytes")]
    [InlineData("snakepit completion z", "zsh")]
    [InlineData("snakepit workers ", "list", "add", "remove")]
    [InlineData("snakepit serve --log-format ", "text", "json")]
    [InlineData("snakepit serve --log-level ", "debug", "info")]
    [InlineData("snakepit serve --console ", "auto", "on", "off")]
    [InlineData("snakepit serve --tls-client-auth ", "required", "optional")]
    [InlineData("snakepit serve --worker-affinity strict", "strict_queue", "strict_fail_fast")]
    [InlineData("snakepit doctor --log-format j", "json")]
    public async Task What_may_stand_at_the_end_of_a_line_is_suggested(string line, params string[] expected)
    {
        var typed = await Typed.RunAsync($"[suggest:{line.Length.ToString(CultureInfo.InvariantCulture)}]", line);

        Assert.Equal(0, typed.ExitCode);
        var suggested = typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Subset(new HashSet<string>(suggested), new HashSet<string>(expected));
        var begun = line[(line.LastIndexOf(' ') + 1)..];
        Assert.All(suggested, word => Assert.Contains(begun, word, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bash", "complete -o default")]
    [InlineData("zsh", "compdef")]
    [InlineData("fish", "complete -c snakepit")]
    public async Task Each_shell_has_its_script(string shell, string part)
    {
        Assert.Contains(part, (await Typed.RunAsync("completion", shell)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snakepit p", "ping")]
    [InlineData("snakepit restore sess", "")]
    public async Task Bash_completes_what_begins_with_the_word_and_leaves_the_rest_to_itself(string line, string expected)
    {
        var words = line.Split(' ');
        var script = $$"""
            {{(await Typed.RunAsync("completion", "bash")).Output}}
            snakepit() { printf 'ping\ncompletion\nexport\n'; }
            COMP_LINE='{{line}}'; COMP_POINT={{line.Length.ToString(CultureInfo.InvariantCulture)}}; COMP_WORDS=({{line}})
            COMP_CWORD={{(words.Length - 1).ToString(CultureInfo.InvariantCulture)}}
            _snakepit
            printf '%s,' "${COMPREPLY[@]}"; echo "${#COMPREPLY[@]}"
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var completed = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected.Length == 0 ? ",0\n" : $"{expected},1\n", completed);
    }

    [Theory]
    [InlineData("snakepit p", "ping\\n", "ping|")]
    [InlineData("snakepit restore sess", "", "files|")]
    [InlineData("snakepit restore sess", "\\n", "files|")]
    public async Task Zsh_is_offered_what_there_is_and_file_names_where_there_is_nothing(string line, string suggested, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/zsh") || File.Exists("/usr/bin/zsh"), "zsh is not installed");
        var words = line.Split(' ');
        var script = $$"""
            compdef() { :; }
            compadd() { [ "$1" = -a ] && printf '%s|' "${(P@)2}"; }
            _files() { printf 'files|'; }
            snakepit() { [ "$1" = '[suggest:{{line.Length.ToString(CultureInfo.InvariantCulture)}}]' ] && [ "$2" = '{{line}}' ] && printf '{{suggested}}'; }
            {{(await Typed.RunAsync("completion", "zsh")).Output}}
            words=({{line}}); CURRENT={{words.Length.ToString(CultureInfo.InvariantCulture)}}; PREFIX='{{words[^1]}}'
            _snakepit
            """;
        using var zsh = Process.Start(new ProcessStartInfo("zsh", ["-f", "-c", script]) { RedirectStandardOutput = true })!;
        Assert.Equal(expected, await zsh.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Zsh_has_its_completion_begun_where_nothing_has_begun_it()
    {
        Assert.SkipUnless(File.Exists("/bin/zsh") || File.Exists("/usr/bin/zsh"), "zsh is not installed");
        var script = $$"""
            {{(await Typed.RunAsync("completion", "zsh")).Output}}
            echo "$_comps[snakepit]"
            """;
        using var zsh = Process.Start(new ProcessStartInfo("zsh", ["-f", "-c", script]) { RedirectStandardOutput = true, Environment = { ["ZDOTDIR"] = Path.GetTempPath() } })!;
        Assert.Equal("_snakepit\n", await zsh.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_shell_is_named()
    {
        var typed = await Typed.RunAsync("completion", "cmd");

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains("'cmd' is not bash, zsh or fish", typed.Error, StringComparison.Ordinal);
    }
}
