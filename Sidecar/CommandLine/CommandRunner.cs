using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Sidecar.CommandLine;

/// <summary>
/// Finds and runs the command that the arguments name. A mistake, wherever it is found, ends as one line on
/// stderr and an exit code.
/// </summary>
/// <param name="commands">Every command by its name. Only the one that is named is made, else all, for the help text.</param>
internal sealed class CommandRunner(IReadOnlyList<(string Name, Func<Command> Make)> commands)
{
    /// <summary>'@' begins no file of arguments: it may begin a value.</summary>
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <param name="arguments">As given to the process.</param>
    /// <param name="output">Where results go. Asked for when there is one: a console takes time to open.</param>
    /// <param name="error">Where the line about a mistake goes.</param>
    public async Task<int> RunAsync(string[] arguments, Func<TextWriter> output, Func<TextWriter> error)
    {
        try
        {
            if (ReadPlainServe(arguments) is { } texts)
            {
                return await ServeCommand.RunAsync(setting => texts.GetValueOrDefault(setting));
            }

            arguments = WithCommand(arguments);
            var parsed = Root(arguments).Parse(arguments, Parsing);
            if (parsed.Action is not SynchronousCommandLineAction { ClearsParseErrors: true })
            {
                Check(parsed);
            }

            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output(),
                Error = error(),
                EnableDefaultExceptionHandler = false,

                // Commands that end in order on a signal have an EndSignal of their own.
                ProcessTerminationTimeout = null,
            });
        }
        catch (MistakeException mistake)
        {
            await error().WriteLineAsync($"snakepit: {Shown.OnOneLine(mistake.Message)}");
            return (int)mistake.ExitCode;
        }
        catch (IOException failure) when (StandardOutput.IsLeft(failure))
        {
            // `| head` has what it wanted.
            return (int)ExitCode.Done;
        }
        catch (Exception bug)
        {
            await error().WriteLineAsync($"snakepit: unexpected {bug.GetType().Name}: {Shown.OnOneLine(bug.Message.ReplaceLineEndings(" "))}");
            return (int)ExitCode.Mistake;
        }
    }

    /// <summary>What `serve` is to do, where that is so plainly said that no parser need be started.</summary>
    private static Dictionary<Setting, string>? ReadPlainServe(string[] arguments) =>
        PlainArguments.Read(ServeSettings.All, arguments is [ServeCommand.CommandName, ..] ? arguments[1..] : arguments);

    /// <summary>Options without a command are those of `serve`.</summary>
    private static string[] WithCommand(string[] arguments) => arguments switch
    {
        [] => [ServeCommand.CommandName],
        ["-h" or "-?" or "--help" or "--version", ..] => arguments,
        [['-', ..], ..] => [ServeCommand.CommandName, .. arguments],
        _ => arguments,
    };

    private static void Check(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = command is RootCommand ? "snakepit --help" : $"snakepit {command.Name} --help";
        if (parsed.Errors is [var first, ..])
        {
            throw new MistakeException($"{first.Message.ReplaceLineEndings(" ").TrimEnd('.')}; see {help}");
        }

        // Arguments take whatever is no option, a mistyped option too. What stands behind "--" is meant.
        if (parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(IsMistypedOption) is { } mistyped)
        {
            throw new MistakeException($"Unrecognized option '{mistyped.Value}'; see {help}");
        }
    }

    private static bool IsMistypedOption(Token token) =>
        token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal);

    private RootCommand Root(string[] arguments)
    {
        var named = arguments[0];
        var needed = commands.Where(command => command.Name == named).ToList();
        if (needed is [] && !named.StartsWith('-'))
        {
            throw new MistakeException($"Unrecognized command '{named}'; see snakepit --help");
        }

        var root = new RootCommand("A durable session and variable service over gRPC, and its command line.");
        HelpText.Extend(root);
        foreach (var (_, make) in needed is [] ? commands : needed)
        {
            root.Subcommands.Add(make());
        }

        return root;
    }
}
