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
        // Of zsh's words, not of its line, in which other commands may stand too. Where nothing is suggested no word is offered:
        // an empty one would be taken for a candidate. Behind `compinit` the file may be sourced, or be a function of `fpath`.
        ["zsh"] = """
            #compdef snakepit
            _snakepit() {
              local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
              local -a suggested
              suggested=(${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"})
              (( $#suggested )) && compadd -a suggested || _files
            }
            if [ "$funcstack[1]" = _snakepit ]; then
              _snakepit "$@"
            else
              (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
              compdef _snakepit snakepit
            fi
            """,
        ["fish"] = """
            function __snakepit_suggested
              set -l suggested (snakepit "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)
              if count $suggested > /dev/null
                printf '%s\n' $suggested
              else
                __fish_complete_path (commandline -ct)
              end
            end
            complete -c snakepit -f -a '(__snakepit_suggested)'
            """,
    };

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionCommand()
        : base(
            "completion",
            "Print what lets a shell complete commands and options.",
            "source <(snakepit completion bash)",
            "source <(snakepit completion zsh)",
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
