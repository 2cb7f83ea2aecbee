namespace Snakepit.Serving.CommandLine;

/// <summary>
/// What the user asked for cannot be done. The message is the one line that tells so: it names the culprit
/// and needs no stack trace.
/// </summary>
public sealed class MistakeException(string message, ExitCode exitCode = ExitCode.Mistake) : Exception(message)
{
    public ExitCode ExitCode { get; } = exitCode;
}
