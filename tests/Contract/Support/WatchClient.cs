using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>One watch as its client sees it. One reader. Nothing is read but what a test asks for.</summary>
public sealed class WatchClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _deadline = new();
    private readonly RpcServerStream<VariableUpdate> _stream;

    public WatchClient(BridgeClient client, WatchVariablesRequest request)
    {
        _stream = client.Stream<VariableUpdate>(BridgeClient.BridgeService, "WatchVariables", request);
    }

    /// <summary>
    /// Completes when the watch has begun; answers with the revision that its headers say. Throws RpcException
    /// where the watch was refused.
    /// </summary>
    public async Task<long> StartedAsync()
    {
        var headers = await _stream.ResponseHeaders.WaitAsync(Patience);
        if (!headers.TryGetValue("snakepit-revision", out var revision))
        {
            throw new InvalidOperationException($"the headers say no revision, and then came {await NextAsync()}");
        }

        return long.Parse(revision, CultureInfo.InvariantCulture);
    }

    /// <summary>The next update, whatever it is.</summary>
    public async Task<VariableUpdate> NextAsync()
    {
        _deadline.CancelAfter(Patience);
        try
        {
            return await _stream.ReadAsync(_deadline.Token) ?? throw new InvalidOperationException("the watch ended with OK");
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"the watch told nothing for {Patience.TotalSeconds} s");
        }
    }

    /// <summary>The next update, which must be of this type.</summary>
    public async Task<VariableUpdate> NextAsync(string updateType)
    {
        var update = await NextAsync();
        Assert.True(update.UpdateType == updateType, $"expected {updateType}, got {update}");
        return update;
    }

    /// <summary>The next updates, so many of them.</summary>
    public async Task<List<VariableUpdate>> TakeAsync(int count)
    {
        var updates = new List<VariableUpdate>(count);
        while (updates.Count < count)
        {
            updates.Add(await NextAsync());
        }

        return updates;
    }

    /// <summary>The initial values, and then the heartbeat that says that they are complete.</summary>
    public async Task<(List<VariableUpdate> Initial, VariableUpdate Heartbeat)> SnapshotAsync()
    {
        var initial = new List<VariableUpdate>();
        while (true)
        {
            var update = await NextAsync();
            if (update.UpdateType == "heartbeat")
            {
                return (initial, update);
            }

            Assert.Equal("initial_value", update.UpdateType);
            initial.Add(update);
        }
    }

    /// <summary>Reads to the end, which must not be OK.</summary>
    public async Task<WatchEnd> EndAsync()
    {
        var rest = new List<VariableUpdate>();
        while (true)
        {
            try
            {
                rest.Add(await NextAsync());
            }
            catch (RpcException end)
            {
                long? revision = end.Trailers.TryGetValue("snakepit-revision", out var text)
                    ? long.Parse(text, CultureInfo.InvariantCulture)
                    : null;
                return new WatchEnd(end.Status, revision, rest);
            }
        }
    }

    /// <summary>Cancels it.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _deadline.Dispose();
    }
}

/// <summary>How a watch ended.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Revision">What its trailer says; null where it has none.</param>
/// <param name="Rest">What came before the end and had not been read.</param>
public sealed record WatchEnd(RpcStatus Status, long? Revision, IReadOnlyList<VariableUpdate> Rest);
