namespace Snakepit.Transport;

/// <summary>The caller cancelled or its connection broke: there is nobody left to answer.</summary>
internal sealed class CallerGoneException(Exception? cause = null)
    : OperationCanceledException("the caller has gone", cause);
