using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Bench;

/// <summary>Takes metrics and traces by OTLP, in this process, and throws them away.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly GrpcServer _server = new(new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] });
    private readonly TaskCompletionSource _traced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Address => $"http://127.0.0.1:{_server.Ports[0]}";

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._server.StartAsync(
        [
            Export("opentelemetry.proto.collector.trace.v1.TraceService", () => collector._traced.TrySetResult()),
            Export("opentelemetry.proto.collector.metrics.v1.MetricsService", static () => { }),
        ]);
        return collector;
    }

    /// <summary>Ends when a trace has come: a server that sends none is not what is measured.</summary>
    public Task TracedAsync() => _traced.Task.WaitAsync(Patience);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    // What an empty message does not know it takes all the same.
    private static UnaryMethod<Empty, Empty> Export(string service, Action came) => new(service, "Export", Empty.Parser, (_, _) =>
    {
        came();
        return new(new Empty());
    });
}
