using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>A hub above sessions whose store a test controls.</summary>
public abstract class WatchTests : HostTests
{
    private WatchHub? _hub;

    internal WatchSettings Watching { get; set; } = new() { RingUpdates = 8 };

    internal WatchHub Hub => _hub ??= new WatchHub(
        NewSessions(), SessionLimits.Default, Watching, Clock, NullLogger<WatchHub>.Instance);

    /// <summary>The sessions, as the hub sees them.</summary>
    internal virtual ISessions NewSessions() => new EmbeddedSessions(Sessions, Store);

    internal Open Watch(WatchVariablesRequest request) => new(Hub, request);

    /// <summary>A watch of all changes from now on, that has begun.</summary>
    internal async Task<Open> WatchAsync(WatchVariablesRequest? request = null)
    {
        var watch = Watch(request ?? Ask.Watch());
        await watch.Responses.Started;
        return watch;
    }

    /// <summary>A watch of that interval, whose window holds the change of revision 2 back: x set to 1.</summary>
    internal async Task<Open> HoldBackAsync(int intervalMs)
    {
        await OkAsync(Ask.Register("x"));
        var request = Ask.Watch();
        request.MinIntervalMs = intervalMs;
        var watch = await WatchAsync(request);
        await SetAsync(1, 1);
        await Clock.TimerSetAsync();
        return watch;
    }

    /// <summary>Sets x to these values, one commit each.</summary>
    internal async Task SetAsync(int first, int last)
    {
        for (var value = first; value <= last; value++)
        {
            await OkAsync<IMessage>(Ask.Set("x", $"{value}"));
        }
    }

    internal static string Json(VariableUpdate update) => update.Variable.Value.Value.ToStringUtf8();

    /// <summary>A watch that is being served.</summary>
    internal sealed class Open
    {
        public Open(WatchHub hub, WatchVariablesRequest request) =>
            Status = Task.Run(() => hub.WatchAsync(request, Responses, Call));

        public HeldResponses Responses { get; } = new();

        public FakeCall Call { get; } = new();

        public Task<RpcStatus> Status { get; }

        public Task<RpcStatus> EndAsync() => Status.WaitAsync(Deadline);

        public string Trailer => Call.ResponseTrailers["snakepit-revision"];

        /// <summary>The revisions of the next changes.</summary>
        public async Task<IEnumerable<long>> RevisionsAsync(int count) =>
            (await Responses.NextAsync(count)).Select(update => update.Revision);
    }
}
