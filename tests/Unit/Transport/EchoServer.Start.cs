using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>The transport's own server.</summary>
internal sealed partial class EchoServer
{
    private EchoServer(GrpcServer server, RecordingLog log, RpcChannelOptions? channel)
    {
        Server = server;
        Log = log;
        Channel = new RpcChannel(Target, channel);
    }

    public GrpcServer Server { get; }

    public static async Task<EchoServer> StartAsync(Settings settings, Func<GrpcServer, RpcMethod[]> methods)
    {
        var log = new RecordingLog();
        var server = new GrpcServer(Options(settings, log));
        try
        {
            await server.StartAsync(methods(server), TestContext.Current.CancellationToken);
            return new EchoServer(server, log, settings.Channel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
