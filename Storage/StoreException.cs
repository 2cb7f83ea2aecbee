namespace Snakepit.Storage;

/// <summary>The store could not do what was asked.</summary>
/// <param name="message">One line for an operator; names the file or server and the cause.</param>
/// <param name="outcomeUnknown">True if the write can have happened all the same.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(string message, bool outcomeUnknown, Exception? inner = null)
    : Exception(message, inner)
{
    public bool OutcomeUnknown { get; } = outcomeUnknown;

    /// <summary>What a caller over the network may know of it: no path, no server's name, no SQL. The message is for the log.</summary>
    public string ForCaller { get; init; } = outcomeUnknown ? "the store did not answer" : "the store failed";

    /// <summary>A failure of which a log tells where it came from: any but one of these, whose message says all there is to say. Null = it is one.</summary>
    public static Exception? Unexpected(Exception failure) => failure is StoreException ? null : failure;
}
