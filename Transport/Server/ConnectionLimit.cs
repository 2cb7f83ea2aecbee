using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Snakepit.Transport;

/// <summary>
/// Counts the open connections of a server, over all its addresses, and closes what is too many before a byte of it is
/// read. Kestrel's own limit counts each address for itself, and has a line in the log for each connection.
/// </summary>
/// <param name="most">Connections at a time.</param>
/// <param name="time">The clock of the log's lines.</param>
/// <param name="logger">Told at most once a second.</param>
internal sealed class ConnectionLimit(int most, TimeProvider time, ILogger logger)
{
    private readonly RefusedCount _refused = new(time);
    private int _open;

    /// <summary>Stands before all else that a connection goes through.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => connection =>
        Interlocked.Increment(ref _open) <= most ? ServeAsync(connection, next) : RefuseAsync(connection);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private Task RefuseAsync(ConnectionContext connection)
    {
        Interlocked.Decrement(ref _open);
        if (_refused.Add(out var untold))
        {
            logger.ConnectionsRefused(untold, most);
        }

        connection.Abort(new ConnectionAbortedException("as many connections are open as may be"));
        return Task.CompletedTask;
    }
}
