using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.GrpcGateway;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>The gateway's server: the tests of the transport hold for it too.</summary>
internal sealed partial class EchoServer
{
    private EchoServer(GatewayHost server, RecordingLog log, RpcChannelOptions? channel)
    {
        Server = server;
        Log = log;
        Channel = new RpcChannel(Target, channel);
    }

    public GatewayHost Server { get; }

    public static async Task<EchoServer> StartAsync(Settings settings, Func<GatewayHost, RpcMethod[]> methods)
    {
        var log = new RecordingLog();
        var table = new MethodTable();
        var server = new GatewayHost(new GatewayOptions
        {
            Grpc = Options(settings, log),
            Health = new HealthStatus(),
            Methods = _ => table,
        });
        var contract = new ServiceContract(Service, static () => throw new NotSupportedException("nobody asks for it"));
        table.Add(contract, methods(server));
        try
        {
            await server.StartAsync(TestContext.Current.CancellationToken);
            return new EchoServer(server, log, settings.Channel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
