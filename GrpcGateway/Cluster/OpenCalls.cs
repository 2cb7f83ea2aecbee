using Snakepit.Sessions;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// The mutating calls this gateway has under way, by session. Gives each an id to be sent again with, which also
/// tells the session which earlier ones are answered. Safe from any thread.
/// </summary>
internal sealed class OpenCalls
{
    private const int Shards = 32;

    private readonly string _caller = Guid.NewGuid().ToString("N");
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard())];
    private long _sequence;

    /// <summary>Begins a call. It must be ended once it is answered or given up, and not before.</summary>
    public OpenCall Begin(SessionKey key)
    {
        var shard = _shards[(uint)key.GetHashCode() % Shards];
        lock (shard)
        {
            if (!shard.Calls.TryGetValue(key, out var calls))
            {
                shard.Calls.Add(key, calls = new LinkedList<long>());
            }

            // Numbered under the lock, so that the oldest is always the first.
            var call = calls.AddLast(Interlocked.Increment(ref _sequence));
            return new OpenCall(this, key, call, new MintedRequestId(_caller, call.Value, calls.First!.Value).ToString());
        }
    }

    private void End(SessionKey key, LinkedListNode<long> call)
    {
        var shard = _shards[(uint)key.GetHashCode() % Shards];
        lock (shard)
        {
            var calls = call.List!;
            calls.Remove(call);
            if (calls.Count == 0)
            {
                shard.Calls.Remove(key);
            }
        }
    }

    /// <summary>A call under way. Dispose of it once.</summary>
    internal readonly struct OpenCall(OpenCalls calls, SessionKey key, LinkedListNode<long> node, string requestId) : IDisposable
    {
        /// <summary>A <see cref="MintedRequestId"/>.</summary>
        public string RequestId { get; } = requestId;

        public void Dispose() => calls.End(key, node);
    }

    private sealed class Shard
    {
        public Dictionary<SessionKey, LinkedList<long>> Calls { get; } = [];
    }
}
