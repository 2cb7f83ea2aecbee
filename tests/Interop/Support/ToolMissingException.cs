namespace Snakepit.Tests.Interop;

/// <summary>A foreign client cannot run here: the message says what is missing. Its tests are skipped.</summary>
internal sealed class ToolMissingException(string message) : Exception(message);
