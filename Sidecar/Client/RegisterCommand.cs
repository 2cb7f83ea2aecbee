using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit register`: a new variable, and its session if need be.</summary>
internal sealed class RegisterCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _name = new("NAME") { Description = "the variable's name" };
    private readonly Argument<string> _type = new("TYPE")
    {
        Description = "float, integer, string, boolean, choice, module, embedding, tensor, map or list",
    };

    private readonly Argument<string> _value = Inputs.Value();
    private readonly Option<string[]> _metadata = Inputs.Metadata();
    private readonly Option<string> _constraints = new("--constraints")
    {
        Description = "what every value must obey",
        HelpName = "JSON",
    };

    public RegisterCommand()
        : base(
            "register",
            "Register a variable. Makes the session if there is none.",
            "snakepit register tour temperature float 20.5 --constraints '{\"min\": -40, \"max\": 60}'",
            "snakepit register tour mode choice fast --constraints '{\"choices\": [\"fast\", \"exact\"]}'",
            "snakepit register tour weights embedding '[0.1, 0.2, 0.3]'")
    {
        Takes([_session, _name, _type, _value], _constraints, _metadata);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var type = parsed.GetRequiredValue(_type);
        var request = new RegisterVariableRequest
        {
            SessionId = parsed.GetRequiredValue(_session),
            Name = parsed.GetRequiredValue(_name),
            Type = type,
            InitialValue = TypedValue.Of(type, parsed.GetRequiredValue(_value)),
            ConstraintsJson = parsed.GetValue(_constraints) ?? "",
        };
        request.Metadata.AddMetadata(parsed.GetValue(_metadata));
        var answer = await server.BridgeAsync("RegisterVariable", request, RegisterVariableResponse.Parser, cancellation);
        RpcFailure.Require(answer.Success, answer.ErrorMessage);
        var verb = answer.AlreadyRegistered ? "was registered before" : "is registered";
        output.Write(
            $"{OneLine.Of(request.Name)} {verb}, id {answer.VariableId}",
            json =>
            {
                VariableOutput.WriteJson(json, answer.Variable);
                json.WriteBoolean("already_registered", answer.AlreadyRegistered);
            });
    }
}
