using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit rollback`: a new version with an old value.</summary>
internal sealed class RollbackCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _name = Inputs.Name();
    private readonly Argument<int> _version = new("VERSION")
    {
        Description = "the version whose value comes back",
        CustomParser = Inputs.WholeNumber<int>,
    };

    private readonly Option<string[]> _metadata = Inputs.Metadata();

    public RollbackCommand()
        : base("rollback", "Give a variable the value of an old version, as a new version.", "snakepit rollback tour temperature 3")
    {
        Takes([_session, _name, _version], _metadata);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new RollbackVariableRequest
        {
            SessionId = parsed.GetRequiredValue(_session),
            VariableIdentifier = parsed.GetRequiredValue(_name),
            TargetVersion = parsed.GetValue(_version),
        };
        request.Metadata.AddMetadata(parsed.GetValue(_metadata));
        var answer = await server.BridgeAsync("RollbackVariable", request, RollbackVariableResponse.Parser, cancellation);
        RpcFailure.Require(answer.Success, answer.ErrorMessage);
        output.Write([answer.Variable], VariableOutput.Table, VariableOutput.WriteJson);
    }
}
