using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit list`: a session's variables, oldest first.</summary>
internal sealed class ListCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _pattern = new("PATTERN")
    {
        Description = "only names that match; * stands for anything",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ListCommand()
        : base("list", "List a session's variables, oldest first.", "snakepit list tour", "snakepit list tour 'temp*' --json")
    {
        Takes([_session, _pattern]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var answer = await server.BridgeAsync(
            "ListVariables",
            new ListVariablesRequest { SessionId = parsed.GetRequiredValue(_session), Pattern = parsed.GetValue(_pattern) ?? "*" },
            ListVariablesResponse.Parser,
            cancellation);
        output.Write(answer.Variables, VariableOutput.ShortTable, VariableOutput.WriteJson);
    }
}
