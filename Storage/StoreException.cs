namespace Snakepit.Storage;

/// <summary>The store could not do what was asked.</summary>
/// <param name="message">One line for an operator; names the file or server and the cause.</param>
/// <param name="outcomeUnknown">True if the write can have happened all the same.</param>
/// <param name="inner">The cause.</param>
public sealed class StoreException(string message, bool outcomeUnknown, Exception? inner = null)
    : Exception(message, inner)
{
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}
