namespace Snakepit.Bridge.Access;

/// <summary>What an open watch has taken of its principal's limit and of its session's; gives back just that, once.</summary>
public sealed class WatchLease : IDisposable
{
    private OpenWatches? _ofPrincipal;
    private OpenWatches? _ofSession;

    /// <param name="ofPrincipal">Null = no limit held when it began.</param>
    /// <param name="ofSession">Likewise.</param>
    internal WatchLease(OpenWatches? ofPrincipal, OpenWatches? ofSession) => (_ofPrincipal, _ofSession) = (ofPrincipal, ofSession);

    public void Dispose()
    {
        Interlocked.Exchange(ref _ofPrincipal, null)?.End();
        Interlocked.Exchange(ref _ofSession, null)?.End();
    }
}
