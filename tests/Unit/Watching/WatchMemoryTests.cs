using System.Runtime.CompilerServices;
using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Robustness.Faults;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Watching;

/// <summary>A watch may last for weeks: what it holds, the process holds as long.</summary>
public sealed class WatchMemoryTests : WatchTests
{
    private readonly List<WeakReference> _ofBeginnings = [];

    internal override ISessions NewSessions() => new Noted(base.NewSessions(), _ofBeginnings);

    [Fact]
    public async Task What_a_watch_began_with_is_let_go_of_once_it_is_sent()
    {
        await OkAsync(Ask.Register("x", "1"));
        var watch = await BeginAsync();
        Assert.Equal(["initial_value", "heartbeat"], (await watch.Responses.NextAsync(2)).Select(update => update.UpdateType));

        // Two of them, so that it has waited in between: it is past its beginning.
        await SetAsync(2, 2);
        await watch.Responses.NextAsync(1);
        await SetAsync(3, 3);
        await watch.Responses.NextAsync(1);
        GC.Collect();
        Assert.Equal([false, false], _ofBeginnings.Select(reference => reference.IsAlive));
        Hub.Drain();
        await watch.EndAsync();
    }

    [Fact]
    public async Task A_type_that_is_named_again_and_again_is_kept_once()
    {
        await OkAsync(Ask.Register("x", "1"));
        var request = Ask.Watch();
        request.UpdateTypes.Add(Enumerable.Repeat("deleted", 10_000));
        request.UpdateTypes.Add("value_change");
        var watch = await WatchAsync(request);
        Assert.Equal(["deleted", "value_change"], Hub.Describe(Key, most: 10).Watchers.Single().UpdateTypes);
        Hub.Drain();
        await watch.EndAsync();
    }

    // In a method of its own, so that the test does not hold the request either.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<Open> BeginAsync()
    {
        var request = Ask.Watch();
        request.IncludeInitialValues = true;
        return WatchAsync(request);
    }

    /// <summary>Notes what watches began with: the request and the answer.</summary>
    private sealed class Noted(ISessions inner, List<WeakReference> references) : SessionsDecorator(inner)
    {
        public override async ValueTask<Outcome<IMessage>> CallAsync(
            SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
        {
            var answer = await base.CallAsync(key, request, requester, cancellation);
            if (request is WatchVariablesRequest)
            {
                references.Add(new WeakReference(request));
                references.Add(new WeakReference(answer.Value));
            }

            return answer;
        }
    }
}
