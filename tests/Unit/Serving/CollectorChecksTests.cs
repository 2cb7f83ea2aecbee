using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Doctor;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

/// <summary>A collector is what takes an export, not whatever has its port.</summary>
public sealed class CollectorChecksTests
{
    private const string Metrics = "opentelemetry.proto.collector.metrics.v1.MetricsService";
    private const string Traces = "opentelemetry.proto.collector.trace.v1.TraceService";

    [Fact]
    public async Task One_that_takes_both_is_good()
    {
        await using var collector = await ServeAsync(Takes(Metrics), Takes(Traces));
        var finding = await CheckAsync(collector.Ports[0]);

        Assert.Equal(Verdict.Good, finding.Verdict);
        Assert.EndsWith("takes metrics and traces by OTLP over gRPC", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_takes_no_traces_is_doubtful()
    {
        await using var collector = await ServeAsync(Takes(Metrics));

        var finding = await CheckAsync(collector.Ports[0]);
        Assert.Equal(Verdict.Doubtful, finding.Verdict);
        Assert.EndsWith("speaks gRPC but takes no traces by OTLP", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_wants_to_know_who_sends_is_told_how_it_gets_to_know()
    {
        await using var collector = await ServeAsync(new UnaryMethod<Empty, Empty>(
            Metrics, "Export", Empty.Parser, (_, _) => throw new RpcException(RpcCode.Unauthenticated, "a token is missing")));
        var finding = await CheckAsync(collector.Ports[0]);

        Assert.Equal(Verdict.Doubtful, finding.Verdict);
        Assert.EndsWith("refuses metrics: a token is missing", finding.Text, StringComparison.Ordinal);
        Assert.Contains("OTEL_EXPORTER_OTLP_HEADERS", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_server_is_none()
    {
        await using var web = await AdminServer.StartAsync(
            new AdminOptions(new GrpcEndpoint("127.0.0.1", 0)), _ => new((string?)null), metrics: null, calls: null, NullLoggerFactory.Instance);
        var finding = await CheckAsync(web.Port);

        Assert.Equal(Verdict.Doubtful, finding.Verdict);
        Assert.EndsWith("speaks no gRPC: a web server (HTTP/1.1) answers there", finding.Text, StringComparison.Ordinal);
        Assert.Contains("4317", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_where_nobody_speaks_is_none()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var finding = await CheckAsync(((IPEndPoint)silent.LocalEndpoint).Port);

        Assert.Equal(Verdict.Doubtful, finding.Verdict);
        Assert.EndsWith("has no answer for an export within 3 s", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_closed_is_said_to_be()
    {
        var finding = await CheckAsync(FreePort.Next());

        Assert.Equal(Verdict.Doubtful, finding.Verdict);
        Assert.Contains("cannot be connected to", finding.Text, StringComparison.Ordinal);
    }

    private static Task<Finding> CheckAsync(int port) =>
        new CollectorChecks(new Uri($"http://127.0.0.1:{port}")).RunAsync();

    private static UnaryMethod<Empty, Empty> Takes(string service) => new(service, "Export", Empty.Parser, static (_, _) => new(new Empty()));

    private static async Task<GrpcServer> ServeAsync(params RpcMethod[] methods)
    {
        var server = new GrpcServer(new GrpcServerOptions { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)] });
        await server.StartAsync(methods);
        return server;
    }
}
