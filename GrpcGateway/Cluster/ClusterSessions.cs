using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Grains;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.GrpcGateway.Cluster;

/// <summary>
/// The sessions of a cluster, as one of its gateways sees them: calls go to the session's grain, whatever silo it is
/// on; the log and the lists are read from the store. Safe from any thread.
/// </summary>
internal sealed class ClusterSessions(
    IGrainFactory grains, ISessionStore store, WatchedSessions watched, GrainCalls calls) : ISessions
{
    private readonly OpenCalls _open = new();
    private readonly SharedLogReads _logReads = new(store);
    private readonly SessionGrains _sessions = new(grains);

    public ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation) =>
        request is IRepeatableRequest { RequestId.Length: 0 } repeatable
            ? CallOnceAsync(key, repeatable, requester, cancellation)
            : AskAsync(key, request, requester, cancellation);

    public ValueTask<Subscription?> SubscribeAsync(
        SessionKey key, ICommitListener listener, CancellationToken cancellation) =>
        watched.SubscribeAsync(key, listener, cancellation);

    public ValueTask<LogPage?> ReadLogAsync(
        SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        _logReads.ReadAsync(key, endedOne: null, afterRevision, maxBytes, cancellation);

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        _logReads.ReadAsync(key, createdAt, afterRevision, maxBytes, cancellation);

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
        string tenant, string afterId, int limit, CancellationToken cancellation) =>
        store.ListAsync(tenant, afterId, limit, cancellation);

    public async ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
        IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0)
        {
            return new Dictionary<SessionKey, SessionSummary>();
        }

        var asked = keys.Select(SessionGrainKey.Of).ToList();
        var silos = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).WaitAsync(cancellation).ConfigureAwait(false);
        var found = await Task.WhenAll(silos.Keys.Select(silo => FindActiveAsync(silo, asked)))
            .WaitAsync(cancellation).ConfigureAwait(false);
        var active = new Dictionary<SessionKey, SessionSummary>();
        foreach (var (key, summary) in found.SelectMany(static sessions => sessions))
        {
            // For a moment a session can be in two silos: the one that is ahead owns it.
            var session = SessionGrainKey.Parse(key);
            if (!active.TryGetValue(session, out var other) || other.Revision < summary.Revision)
            {
                active[session] = summary;
            }
        }

        return active;
    }

    // A silo that does not answer has nothing in memory that anybody could reach.
    private async Task<IEnumerable<KeyValuePair<string, SessionSummary>>> FindActiveAsync(SiloAddress silo, List<string> keys)
    {
        try
        {
            var answer = await grains.GetGrain<ISiloGrain>(silo.ToParsableString()).DescribeActiveAsync(keys).ConfigureAwait(false);
            return ((ActiveSessions)answer.Content).Sessions;
        }
        catch (Exception failure) when (GrainCalls.IsTransient(failure))
        {
            return [];
        }
    }

    // A call without a request_id of its own gets one, so that asking again cannot repeat its effect. What cannot carry
    // one, as the making of a session, has the same effect however often it is asked.
    private async ValueTask<Outcome<IMessage>> CallOnceAsync(
        SessionKey key, IRepeatableRequest request, Requester requester, CancellationToken cancellation)
    {
        using var call = _open.Begin(key);
        request.RequestId = call.RequestId;
        return await AskAsync(key, request, requester, cancellation).ConfigureAwait(false);
    }

    private ValueTask<Outcome<IMessage>> AskAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        // Whoever asks how many watchers there are shall not hear of one that has just left here.
        var interest = request is WatchVariablesRequest or GetSessionRequest ? watched.NextInterest(key) : null;
        return calls.AskAsync(
            _sessions.Of(key),
            new SessionRequest(new WireMessage(request), interest, requester.Name, IsBound: !requester.Administers),
            static (grain, question, token) => grain.CallAsync(question, token),
            cancellation);
    }
}
