using System.Collections.Concurrent;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Access;

/// <summary>
/// How many sessions principals have made, where that is limited. Counted in the store's list, which takes the longer the
/// more sessions the tenant has, and therefore not for each that is made: several processes together, or one within
/// <see cref="Lasts"/>, may let a few too many through. Safe from any thread.
/// </summary>
internal sealed class OwnSessions(ISessions sessions, TimeProvider time)
{
    private const int Page = 1_000;

    /// <summary>How long a count is believed, with what has been made since.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Tenant, string Name), Tally> _tallies = new();

    /// <summary>The refusal of a session that may not be made; null = it may, or it is there.</summary>
    public async ValueTask<Refusal?> CheckAsync(Principal principal, string sessionId, int most, CancellationToken cancellation)
    {
        var asked = new GetSessionRequest { SessionId = sessionId };
        var found = await sessions.CallForAsync(principal, sessionId, asked, cancellation).ConfigureAwait(false);
        if (found.Refusal is not { Kind: RefusalKind.NotFound })
        {
            return null;
        }

        var tally = _tallies.GetOrAdd((principal.Tenant, principal.Name), static _ => new Tally());
        await tally.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (tally.CountedAt is not { } at || time.GetElapsedTime(at) > Lasts)
            {
                tally.CountedAt = time.GetTimestamp();
                tally.Count = await CountAsync(principal, most, cancellation).ConfigureAwait(false);
            }

            if (tally.Count >= most)
            {
                return Refusal.Exhausted($"the limit of {most} sessions made by {principal.Name} is reached");
            }

            tally.Count++;
            return null;
        }
        finally
        {
            tally.Turn.Release();
        }
    }

    private async Task<int> CountAsync(Principal principal, int most, CancellationToken cancellation)
    {
        var (count, after) = (0, "");
        while (true)
        {
            var step = await sessions.ListAsync(principal.Tenant, after, Page, cancellation).ConfigureAwait(false);
            count += step.Count(stored => stored.Header.CreatedBy == principal.Name);
            if (count >= most || step.Count < Page)
            {
                return count;
            }

            after = step[^1].Key.SessionId;
        }
    }

    private sealed class Tally
    {
        /// <summary>One counts at a time, and makes at a time.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public long? CountedAt { get; set; }

        public int Count { get; set; }
    }
}
