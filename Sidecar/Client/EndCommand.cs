using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit end`: the end of a session and all it holds.</summary>
internal sealed class EndCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();

    public EndCommand()
        : base("end", "End a session: its variables, their history and its tools are removed.", "snakepit end tour")
    {
        Takes([_session]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var session = parsed.GetRequiredValue(_session);
        var answer = await server.BridgeAsync(
            "CleanupSession", new CleanupSessionRequest { SessionId = session }, CleanupSessionResponse.Parser, cancellation);
        output.Write(
            // None, too, where there was no such session: an end may be repeated.
            $"{OneLine.Of(session)} is ended; variables and tools removed: {answer.ResourcesCleaned}",
            json =>
            {
                json.WriteString("session", session);
                json.WriteNumber("resources_cleaned", answer.ResourcesCleaned);
            });
    }
}
