using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit ping`: whether a server answers.</summary>
internal sealed class PingCommand : ClientCommand
{
    public PingCommand()
        : base("ping", "See whether a server answers.", "snakepit ping --server localhost:50051")
    {
        Takes([]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await server.BridgeAsync(
            "Ping", new PingRequest { Message = "snakepit" }, PingResponse.Parser, cancellation);
        var taken = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        output.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{server.Target} answered in {taken:0} ms; its time is {Shown.Time(answer.ServerTime)}"),
            json =>
            {
                json.WriteString("server", server.Target);
                json.WriteString("message", answer.Message);
                json.WriteString("server_time", Shown.Time(answer.ServerTime));
                json.WriteNumber("milliseconds", Math.Round(taken, 1));
            });
    }
}
