using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>One logical watcher: watches, and whenever its stream ends resumes at the revision it has come to.</summary>
/// <param name="name">For people.</param>
/// <param name="request">What it watches.</param>
/// <param name="selects">The same, as <see cref="Observation"/> wants it.</param>
/// <param name="start">The revision it begins at.</param>
/// <param name="servers">Whom it calls.</param>
internal sealed class ResumingWatcher(
    string name, WatchVariablesRequest request, Func<string, bool>? selects, long start, IServers servers)
{
    private const string RevisionEntry = "snakepit-revision";

    private readonly List<Change> _seen = [];
    private readonly List<RpcException> _ends = [];
    private long _position = start;

    /// <summary>
    /// Whether it stays where it is when it is told `resync`, which a fault may well lead to; else that is a mistake.
    /// </summary>
    public bool StaysAtResync { get; init; }

    /// <summary>What it saw; complete once it has ended.</summary>
    public Observation Observation => new(name, selects, [.. _seen]);

    /// <summary>How each of its streams but the last ended.</summary>
    public IReadOnlyList<RpcException> Ends => _ends;

    /// <summary>Goes on until it has come to the revision that <paramref name="end"/> will tell.</summary>
    public async Task RunAsync(Task<long> end)
    {
        while (!end.IsCompleted || _position < await end)
        {
            var client = await servers.ClientAsync();
            try
            {
                await FollowAsync(client, end);
            }
            catch (RpcException failure) when (servers.IsWithoutAnswer(failure))
            {
                _ends.Add(failure);
                if (failure.Trailers.TryGetValue(RevisionEntry, out var revision))
                {
                    _position = long.Parse(revision, CultureInfo.InvariantCulture);
                }

                await servers.UnavailableAsync(client, failure);
            }
        }
    }

    private async Task FollowAsync(BridgeClient client, Task<long> end)
    {
        var from = request.Clone();
        from.FromRevision = _position;
        using var watch = client.Watch(from);
        await watch.ResponseHeaders;
        while (!end.IsCompleted || _position < await end)
        {
            var update = await watch.ReadAsync().AsTask().Within($"the next update for {name}");
            Assert.True(update is not null, $"the watch of {name} ended with OK");
            if (update.UpdateType == Changes.Resync && StaysAtResync)
            {
                _position = await end;
                return;
            }

            if (update.UpdateType != Changes.Heartbeat)
            {
                _seen.Add(Changes.Of(update));
            }

            _position = update.Revision;
        }
    }
}
