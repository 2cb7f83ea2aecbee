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

    [Fact]
    public async Task Another_shell_is_named()
    {
        var typed = await Typed.RunAsync("completion", "cmd");

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains("'cmd' is not bash, zsh or fish", typed.Error, StringComparison.Ordinal);
    }
}
