using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Snakepit.Serving.Settings;

namespace Snakepit.Serving.CommandLine;

/// <summary>
/// Finds and runs the command that the arguments name. A mistake, wherever it is found, ends as one line on
/// stderr and an exit code.
/// </summary>
/// <param name="program">Whose commands these are.</param>
/// <param name="server">The command that runs where none is named; null = help is shown there.</param>
/// <param name="others">Every other command. Only the one that is named is made, else all, for the help text.</param>
public sealed class CommandRunner(ProgramText program, ServerCommand? server, Func<IReadOnlyList<NamedCommand>> others)
{
    /// <param name="arguments">As given to the process.</param>
    /// <param name="output">Where results go. Asked for when there is one: a console takes time to open.</param>
    /// <param name="error">Where the line about a mistake goes.</param>
    public async Task<int> RunAsync(string[] arguments, Func<TextWriter> output, Func<TextWriter> error)
    {
        try
        {
            if (server is not null && ReadPlain(server, arguments) is { } texts)
            {
                return await server.RunAsync(setting => texts.GetValueOrDefault(setting));
            }

            return await ParseAndRunAsync(WithCommand(arguments), output, error);
        }
        catch (MistakeException mistake)
        {
            await error().WriteLineAsync($"{program.Name}: {OneLine.Of(mistake.Message)}");
            return (int)mistake.ExitCode;
        }
        catch (IOException failure) when (StandardOutput.IsLeft(failure))
        {
            // `| head` has what it wanted.
            return (int)ExitCode.Done;
        }
        catch (Exception bug)
        {
            await error().WriteLineAsync($"{program.Name}: unexpected {bug.GetType().Name}: {OneLine.Of(bug.Message.ReplaceLineEndings(" "))}");
            return (int)ExitCode.Mistake;
        }
    }

    // Apart, for what it loads: what runs without it starts sooner.
    private Task<int> ParseAndRunAsync(string[] arguments, Func<TextWriter> output, Func<TextWriter> error)
    {
        // '@' begins no file of arguments: it may begin a value.
        var parsed = Root(arguments).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is not SynchronousCommandLineAction { ClearsParseErrors: true })
        {
            Check(parsed);
        }

        return parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output(),
            Error = error(),
            EnableDefaultExceptionHandler = false,

            // Commands that end in order on a signal have an EndSignal of their own.
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>What the server is told, where that is so plainly said that no parser need be started.</summary>
    private static Dictionary<Setting, string>? ReadPlain(ServerCommand server, string[] arguments) =>
        PlainArguments.Read(server.Settings, arguments is [var first, ..] && first == server.Name ? arguments[1..] : arguments);

    /// <summary>Options without a command are those of the server.</summary>
    private string[] WithCommand(string[] arguments) => (arguments, server) switch
    {
        ([], null) => ["--help"],
        ([], { Name: var name }) => [name],
        (["-h" or "-?" or "--help" or "--version", ..], _) => arguments,
        ([['-', ..], ..], { Name: var name }) => [name, .. arguments],
        _ => arguments,
    };

    // As `[suggest:12]`, by which a shell asks what may stand at that place of a line.
    private static bool IsDirective(string argument) => argument.StartsWith('[') && argument.EndsWith(']');

    private void Check(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = command is RootCommand ? $"{program.Name} --help" : $"{program.Name} {command.Name} --help";
        if (parsed.Errors is [var first, ..])
        {
            var mistake = first.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new MistakeException(parsed.UnmatchedTokens is [var unmatched, ..]
                ? Unrecognized(mistake, unmatched, OptionsOf(command), help)
                : $"{mistake}; see {help}");
        }

        // Arguments take whatever is no option, a mistyped option too. What stands behind "--" is meant.
        if (parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(IsMistypedOption) is { } mistyped)
        {
            throw new MistakeException(Unrecognized($"Unrecognized option '{mistyped.Value}'", mistyped.Value, OptionsOf(command), help));
        }
    }

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Where(option => !option.Hidden).Select(option => option.Name);

    private static string Unrecognized(string mistake, string word, IEnumerable<string> known, string help) =>
        Nearest.Suggestion(word, known) is { Length: > 0 } suggestion ? mistake + suggestion : $"{mistake}; see {help}";

    private static bool IsMistypedOption(Token token) =>
        token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal);

    private RootCommand Root(string[] arguments)
    {
        var named = arguments[0];
        IReadOnlyList<NamedCommand> commands = server is null ? others() : [new(server.Name, server.ToCommand), .. others()];
        var needed = commands.Where(command => command.Name == named).ToList();
        if (needed is [] && !named.StartsWith('-') && !IsDirective(named))
        {
            throw new MistakeException(Unrecognized(
                $"Unrecognized command '{named}'", named, commands.Select(command => command.Name), $"{program.Name} --help"));
        }

        var root = new RootCommand(program.Description);
        HelpText.Extend(root, program.Examples, program.CallsServers);
        foreach (var command in needed is [] ? commands : needed)
        {
            root.Subcommands.Add(command.Make());
        }

        return root;
    }
}
