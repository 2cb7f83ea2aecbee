using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit get`: variables by name, in the order asked for.</summary>
internal sealed class GetCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "names or ids",
        Arity = ArgumentArity.OneOrMore,
    };

    public GetCommand()
        : base("get", "Print variables.", "snakepit get tour temperature", "snakepit get tour temperature mode --json")
    {
        Takes([_session, _names]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var names = parsed.GetRequiredValue(_names);
        var answer = await server.BridgeAsync(
            "GetVariables",
            new BatchGetVariablesRequest { SessionId = parsed.GetRequiredValue(_session), VariableIdentifiers = { names } },
            BatchGetVariablesResponse.Parser,
            cancellation);
        var found = names.Where(answer.Variables.ContainsKey).Select(name => answer.Variables[name]).ToList();
        if (found is not [])
        {
            output.Write(found, VariableOutput.Table, VariableOutput.WriteJson);
        }

        RpcFailure.Require(
            answer.MissingVariables is [], $"NOT_FOUND: Variable not found: {string.Join(", ", answer.MissingVariables)}");
    }
}
