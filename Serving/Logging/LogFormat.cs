namespace Snakepit.Serving.Logging;

/// <summary>The shape of the log: for people, or one JSON object a line.</summary>
public enum LogFormat
{
    Text,
    Json,
}
