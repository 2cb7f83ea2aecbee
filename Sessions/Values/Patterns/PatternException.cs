namespace Snakepit.Sessions.Values.Patterns;

/// <summary>The pattern cannot be compiled; the message says why. Never leaves <see cref="Pattern.Compile"/>.</summary>
internal sealed class PatternException(string message) : Exception(message);
