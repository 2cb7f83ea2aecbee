using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit delete`: the end of a variable.</summary>
internal sealed class DeleteCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _name = Inputs.Name();

    public DeleteCommand()
        : base("delete", "Delete a variable, its history too.", "snakepit delete tour temperature")
    {
        Takes([_session, _name]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(_name);
        var answer = await server.BridgeAsync(
            "DeleteVariable",
            new DeleteVariableRequest { SessionId = parsed.GetRequiredValue(_session), VariableIdentifier = name },
            DeleteVariableResponse.Parser,
            cancellation);
        RpcFailure.Require(answer.Success, answer.ErrorMessage);
        output.Write(
            $"{OneLine.Of(name)} is deleted, revision {answer.Revision}",
            json =>
            {
                json.WriteString("deleted", name);
                json.WriteNumber("revision", answer.Revision);
            });
    }
}
