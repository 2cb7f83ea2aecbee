namespace Snakepit.Sessions;

/// <summary>A command that was refused: data, not an exception. It had no effect.</summary>
public sealed record Refusal(RefusalKind Kind, string Message)
{
    public static Refusal Invalid(string message) => new(RefusalKind.Invalid, message);

    public static Refusal NotFound(string message) => new(RefusalKind.NotFound, message);

    public static Refusal AlreadyExists(string message) => new(RefusalKind.AlreadyExists, message);

    public static Refusal Conflict(string message) => new(RefusalKind.Conflict, message);

    public static Refusal Precondition(string message) => new(RefusalKind.Precondition, message);

    public static Refusal Exhausted(string message) => new(RefusalKind.Exhausted, message);

    public static Refusal Unavailable(string message) => new(RefusalKind.Unavailable, message);

    public static Refusal Denied(string message) => new(RefusalKind.Denied, message);

    public static Refusal SessionNotFound(string sessionId) => NotFound($"Session not found: {sessionId}");

    public static Refusal VariableNotFound(string identifier) => NotFound($"Variable not found: {identifier}");
}
