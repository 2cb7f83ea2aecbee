namespace Snakepit.Bridge.Tools;

/// <summary>Counts the calls of one host, and lets go of it behind the last. Safe from any thread.</summary>
/// <param name="letGo">Run once, when it is closed and no call is left; null = there is nothing to let go of.</param>
public sealed class CallTally(Action? letGo = null)
{
    private readonly Lock _gate = new();
    private bool _closed;
    private int _inFlight;
    private long _all;
    private long _failed;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Calls that began.</summary>
    public long All => Volatile.Read(ref _all);

    /// <summary>Calls that ended otherwise than with success: refused by the tool, lost, or given up by the caller.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>False once it is closed. Each call that entered must leave.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _inFlight++;
            _all++;
            return true;
        }
    }

    public void Leave(bool failed)
    {
        lock (_gate)
        {
            _failed += failed ? 1 : 0;
            if (--_inFlight > 0 || !_closed)
            {
                return;
            }
        }

        letGo?.Invoke();
    }

    /// <summary>No new calls. Once only.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            if (_inFlight > 0)
            {
                return;
            }
        }

        letGo?.Invoke();
    }
}
