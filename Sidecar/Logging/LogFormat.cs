namespace Snakepit.Sidecar.Logging;

/// <summary>The shape of the log: for people, or one JSON object a line.</summary>
internal enum LogFormat
{
    Text,
    Json,
}
