using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>A collector of telemetry: takes what is exported by OTLP, and keeps its bytes.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();
    private readonly GrpcServer _server = new(new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] });

    public Uri Address => new($"http://127.0.0.1:{_server.Ports[0]}");

    public static async Task<FakeCollector> StartAsync()
    {
        var collector = new FakeCollector();
        await collector._server.StartAsync(
        [
            Export("opentelemetry.proto.collector.trace.v1.TraceService", collector._traces),
            Export("opentelemetry.proto.collector.metrics.v1.MetricsService", collector._metrics),
        ]);
        return collector;
    }

    /// <summary>Whether some export of traces has these bytes in it; the field that holds them is known to the test.</summary>
    public bool HasTraced(byte[] bytes) => Has(_traces, bytes);

    public bool HasTraced(string text) => Has(_traces, Utf8(text));

    public bool HasMeasured(string text) => Has(_metrics, Utf8(text));

    /// <summary>How many exports came, for the words of a failure.</summary>
    public override string ToString() => $"{_traces.Count} exports of traces, {_metrics.Count} of metrics";

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static bool Has(ConcurrentQueue<byte[]> exports, byte[] bytes) =>
        exports.Any(export => export.AsSpan().IndexOf(bytes) >= 0);

    // What an empty message does not know it keeps as it came.
    private static UnaryMethod<Empty, Empty> Export(string service, ConcurrentQueue<byte[]> exports) =>
        new(service, "Export", Empty.Parser, (request, _) =>
        {
            exports.Enqueue(request.ToByteArray());
            return new(new Empty());
        });
}
