using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit set`: a new version of a variable.</summary>
internal sealed class SetCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _name = Inputs.Name();
    private readonly Argument<string> _value = Inputs.Value();
    private readonly Option<string[]> _metadata = Inputs.Metadata();
    private readonly Option<int?> _expect = new("--expect")
    {
        Description = "set only if the variable is at this version",
        HelpName = "VERSION",
        CustomParser = given => Inputs.WholeNumber<int>(given),
    };

    public SetCommand()
        : base(
            "set",
            "Set a variable.",
            "snakepit set tour temperature 21.5",
            "snakepit set tour mode fast --expect 3 --metadata changed_by=ada",
            "snakepit set tour point -- -1.5")
    {
        Takes([_session, _name, _value], _expect, _metadata);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var session = parsed.GetRequiredValue(_session);
        var name = parsed.GetRequiredValue(_name);
        var variable = await server.GetVariableAsync(session, name, cancellation);
        var request = new SetVariableRequest
        {
            SessionId = session,
            VariableIdentifier = name,
            Value = TypedValue.Of(variable.Type, parsed.GetRequiredValue(_value)),
        };
        request.Metadata.AddMetadata(parsed.GetValue(_metadata));
        if (parsed.GetValue(_expect) is { } version)
        {
            request.ExpectedVersion = version;
        }

        var answer = await server.BridgeAsync("SetVariable", request, SetVariableResponse.Parser, cancellation);
        RpcFailure.Require(answer.Success, answer.ErrorMessage);
        output.Write(
            $"{OneLine.Of(variable.Name)} is at version {answer.NewVersion}, revision {answer.Revision}",
            json =>
            {
                json.WriteString("id", variable.Id);
                json.WriteString("name", variable.Name);
                json.WriteNumber("version", answer.NewVersion);
                json.WriteNumber("revision", answer.Revision);
            });
    }
}
