namespace Snakepit.Grains;

/// <summary>
/// One session. Its key is made by <see cref="SessionGrainKey"/>. One activation at a time owns the session; should
/// the cluster ever have two, the store's fence lets only one of them write, and the other drops itself.
/// </summary>
/// <remarks>
/// Refusals are data, never exceptions. <see cref="SessionReply.HasMoved"/> means that this activation does not own
/// the session, or may not: the call had no effect, or none that asking again with the same request_id would
/// repeat, and whoever asked asks again.
/// </remarks>
[Alias("snakepit.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Answers a request of the protocol that names the session.</summary>
    [Alias("call")]
    ValueTask<SessionReply> CallAsync(SessionRequest request, CancellationToken cancellation);

    /// <summary>
    /// Takes note that a gateway has watchers of the session, or none any more. While one has, the session does not
    /// expire, and its changes are announced on its stream. Lapses unless it is renewed
    /// (<see cref="Interest.Lasts"/>). Answered with a <see cref="Protocol.Storing.WatchedSession"/>.
    /// </summary>
    [Alias("watch")]
    ValueTask<SessionReply> WatchAsync(Interest interest, CancellationToken cancellation);

    /// <summary>Looks whether the session has expired, as the store's index says, and ends it if so.</summary>
    [Alias("expire")]
    ValueTask ExpireAsync(CancellationToken cancellation);
}
