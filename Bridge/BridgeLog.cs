using Microsoft.Extensions.Logging;

namespace Snakepit.Bridge;

/// <summary>Every log event of this project. None carries a value.</summary>
internal static partial class BridgeLog
{
    [LoggerMessage(1, LogLevel.Error, "The store refused to serve calculation {Token}; outcome unknown: {OutcomeUnknown}")]
    public static partial void CalculationStoreFailed(this ILogger logger, Exception exception, string token, bool outcomeUnknown);
}
