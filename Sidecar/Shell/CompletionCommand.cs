using System.CommandLine;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Shell;

/// <summary>`snakepit completion`: what a shell reads to complete commands and options when Tab is pressed.</summary>
internal sealed class CompletionCommand : DocumentedCommand
{
    // Each hands the line and the place in it back to this program, whose parser knows what may stand there. It suggests what has
    // the word in it anywhere, and bash takes all it is told: there only what begins with it is, and nothing where nothing does,
    // so that the names of files are completed then.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _snakepit() {
              local suggested
              suggested=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
              mapfile -t COMPREPLY < <(compgen -W "$suggested" -- "${COMP_WORDS[COMP_CWORD]}")
            }
            complete -o default -F _snakepit snakepit
            """,
        ["zsh"] = """
            _snakepit() {
              local -a found
              found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -- "${found[@]}" || _files
            }
            compdef _snakepit snakepit
            """,
        ["fish"] = """
            complete -c snakepit -a '(snakepit "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
            """,
    };

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionCommand()
        : base(
            "completion",
            "Print what lets a shell complete commands and options.",
            "source <(snakepit completion bash)",
            "snakepit completion fish > ~/.config/fish/completions/snakepit.fish")
    {
        _shell.CompletionSources.Add([.. Scripts.Keys]);
        Arguments.Add(_shell);
        SetAction(Print);
    }

    private int Print(ParseResult parsed)
    {
        var shell = parsed.GetRequiredValue(_shell);
        parsed.InvocationConfiguration.Output.WriteLine(Scripts.TryGetValue(shell, out var script)
            ? script
            : throw new MistakeException($"SHELL: '{shell}' is not bash, zsh or fish"));
        return (int)ExitCode.Done;
    }
}
