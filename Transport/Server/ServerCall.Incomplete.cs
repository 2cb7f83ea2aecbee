namespace Snakepit.Transport;

/// <summary>What the call holds of a message that is not all there. Calls whose messages come whole have nothing of it.</summary>
internal sealed partial class ServerCall
{
    private IncompleteRequest? _incomplete;

    /// <summary>
    /// So much of a message is here, and not all of it. Called by whoever reads the request, one at a time. Throws
    /// <see cref="Protocol.Rpc.RpcException"/> where the server holds as much as it bears.
    /// </summary>
    public void HoldIncomplete(long bytes)
    {
        if (_incomplete is not { } request)
        {
            request = new IncompleteRequest(_server.Incomplete);

            // Who ends the call settles its status first, and then looks for this: one of the two finds the other.
            Interlocked.Exchange(ref _incomplete, request);
            if (HasEnded)
            {
                request.End();
            }
        }

        request.Hold(bytes);
    }

    /// <summary>The message is whole.</summary>
    public void LetGoOfIncomplete() => _incomplete?.Hold(0);

    private void EndIncomplete() => _incomplete?.End();
}
