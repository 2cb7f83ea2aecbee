using Npgsql;

namespace Snakepit.Storage.Postgres;

/// <summary>What the server's and the network's failures mean for who asked.</summary>
/// <param name="server">Names the server and the database, never the password.</param>
internal sealed class PostgresFailures(string server)
{
    public override string ToString() => server;

    /// <summary>False for what callers get to see as it is.</summary>
    public static bool IsFailure(Exception error) => error is not (OperationCanceledException or StoreException);

    /// <summary>
    /// True if the server itself refused, and rolled back. An answer that also ends the connection is not
    /// trusted to have come before the commit.
    /// </summary>
    public static bool IsRefusal(Exception error) => error is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>True if two transactions got in each other's way: the same again may well succeed.</summary>
    public static bool IsCollision(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>True if the connection was found dead, so that there is sense in a new one.</summary>
    public static bool IsLost(Exception error) =>
        error is NpgsqlException and not NpgsqlException { InnerException: TimeoutException } && !IsRefusal(error);

    /// <summary>True if the error lies in what was asked, so that others' commits can succeed without it.</summary>
    public static bool IsOfOneCommit(Exception error) =>
        error is PostgresException { SqlState: var state } && state[..2] is "22" or "23" or "54";

    /// <summary>An exception as callers of the store see it.</summary>
    public StoreException Failure(string verb, Exception cause, bool outcomeUnknown) =>
        new($"Cannot {verb} {server}: {Reason(cause)}", outcomeUnknown, cause);

    private static string Reason(Exception cause)
    {
        var reason = cause switch
        {
            PostgresException error => $"{error.MessageText} ({error.SqlState})",
            ObjectDisposedException => "the store is closed",
            NpgsqlException { InnerException: TimeoutException } or TimeoutException => "it did not answer in time",
            NpgsqlException { InnerException: PostgresException error } => $"{error.MessageText} ({error.SqlState})",
            NpgsqlException { InnerException: { } inner } => inner.Message,
            _ => cause.Message,
        };
        return reason.ReplaceLineEndings(" ");
    }
}
