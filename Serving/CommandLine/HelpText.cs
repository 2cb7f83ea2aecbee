using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Snakepit.Serving.CommandLine;

/// <summary>The usual help text, and below it examples and what the exit codes mean.</summary>
/// <param name="usual">The usual one.</param>
/// <param name="examples">Those of the whole program, for where no command is named.</param>
/// <param name="tellsCallers">Whether some commands call a server: their exit codes have a meaning then.</param>
internal sealed class HelpText(HelpAction usual, IReadOnlyList<string> examples, bool tellsCallers) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in (parseResult.CommandResult.Command as DocumentedCommand)?.Examples ?? examples)
        {
            output.WriteLine($"  {example}");
        }

        output.WriteLine();
        output.WriteLine("Exit codes:");
        output.WriteLine($"  {(int)ExitCode.Done}  done; a server or a watch: ended by Ctrl-C or SIGTERM");
        output.WriteLine($"  {(int)ExitCode.Mistake}  a bad option or argument, or a server that could not start");
        if (tellsCallers)
        {
            output.WriteLine($"  {(int)ExitCode.Refused}  the server answered with an error");
            output.WriteLine($"  {(int)ExitCode.Unreachable}  no server answered");
        }

        return (int)ExitCode.Done;
    }

    /// <summary>Puts it in the place of the command's usual help text, its subcommands' too.</summary>
    public static void Extend(RootCommand root, IReadOnlyList<string> examples, bool tellsCallers)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpText((HelpAction)option.Action!, examples, tellsCallers);
        }
    }
}
