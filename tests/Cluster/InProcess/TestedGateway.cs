using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Watching;
using Snakepit.Grains;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>A gateway without its gRPC server: what it asks the cluster, and its watches.</summary>
internal sealed class TestedGateway : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WatchPoll _poll;

    private TestedGateway(IClusterClient client, ISessionStore store)
    {
        Store = store;
        var calls = new GrainCalls(Patience, TimeProvider.System);
        Watched = new WatchedSessions(
            client,
            key => client.GetStreamProvider(ChangeStreamOptions.Default.Provider).GetStream<WireMessage>(SessionStreams.Of(key)),
            calls,
            TimeProvider.System,
            NullLogger<WatchedSessions>.Instance);
        Sessions = new ClusterSessions(client, store, Watched, calls);
        Hub = new WatchHub(
            Sessions, SessionLimits.Default, WatchSettings.Default, TimeProvider.System, NullLogger<WatchHub>.Instance);
        _poll = new WatchPoll(Watched, store, TimeProvider.System, NullLogger<WatchPoll>.Instance);
    }

    /// <summary>What the gateway reads the log from.</summary>
    public ISessionStore Store { get; }

    public WatchedSessions Watched { get; }

    public ClusterSessions Sessions { get; }

    public WatchHub Hub { get; }

    public static async Task<TestedGateway> StartAsync(IClusterClient client, ISessionStore store)
    {
        var gateway = new TestedGateway(client, store);
        await gateway._poll.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public Task<Outcome<IMessage>> CallAsync(SessionKey key, IMessage request) =>
        Sessions.CallAsync(key, request, Requester.Unrestricted, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Calls that must not be refused, one after another.</summary>
    public async Task OkAsync(SessionKey key, params IMessage[] requests)
    {
        foreach (var request in requests)
        {
            await OkAsync<IMessage>(key, request);
        }
    }

    public async Task<T> OkAsync<T>(SessionKey key, IMessage request)
        where T : IMessage
    {
        var outcome = await CallAsync(key, request);
        Assert.True(!outcome.IsRefused, outcome.Refusal?.Message);
        return (T)outcome.Value;
    }

    public async Task<Refusal> RefusedAsync(SessionKey key, IMessage request)
    {
        var outcome = await CallAsync(key, request);
        Assert.True(outcome.IsRefused, "it was not refused");
        return outcome.Refusal;
    }

    /// <summary>A variable's value as JSON.</summary>
    public async Task<string> ValueAsync(SessionKey key, string name)
    {
        var reply = await OkAsync<IMessage>(key, new GetVariableRequest { VariableIdentifier = name });
        return GetVariableResponse.Parser.ParseFrom(reply.ToByteArray()).Variable.Value.Value.ToStringUtf8();
    }

    public Task<GetSessionResponse> DescribeAsync(SessionKey key) => OkAsync<GetSessionResponse>(key, new GetSessionRequest());

    /// <summary>A watch of all changes of a session from now on, that has begun.</summary>
    public async Task<RecordedWatch> WatchAsync(SessionKey key)
    {
        var watch = new RecordedWatch(Hub, new WatchVariablesRequest { SessionId = key.SessionId });
        await watch.Started;
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        Hub.Drain();
        await _poll.StopAsync(CancellationToken.None);
        _poll.Dispose();
    }
}
