using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// What one call has of <see cref="IncompleteBytes"/>. Its reader says how much that is; the call's end gives it back, and
/// may come from elsewhere while something is being read.
/// </summary>
internal sealed class IncompleteRequest(IncompleteBytes all)
{
    private readonly Lock _gate = new();
    private long _held;
    private bool _isOver;

    /// <summary>So much of a message is here, and not all; 0 = all. Throws <see cref="RpcException"/> where that is too much.</summary>
    public void Hold(long bytes)
    {
        lock (_gate)
        {
            if (!_isOver && bytes != _held)
            {
                var before = _held;
                _held = 0;
                all.Replace(before, bytes);
                _held = bytes;
            }
        }
    }

    /// <summary>Nothing of the call is read any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            all.Replace(_held, 0);
            _held = 0;
            _isOver = true;
        }
    }
}
