namespace Snakepit.Sessions;

/// <summary>Why a command was refused. Each kind has one gRPC status, mapped in one place (Bridge).</summary>
public enum RefusalKind
{
    /// <summary>The request itself is wrong: type, constraint, JSON, name.</summary>
    Invalid,

    /// <summary>What it names does not exist; the message contains `not found`.</summary>
    NotFound,

    /// <summary>The name is taken by something else.</summary>
    AlreadyExists,

    /// <summary>An expected version did not match.</summary>
    Conflict,

    /// <summary>Not in this state: locked for optimization, has dependents, would make a cycle.</summary>
    Precondition,

    /// <summary>A limit was reached; the message names it and its value.</summary>
    Exhausted,

    /// <summary>Not now; the same call may succeed later. Whether it had an effect is in the message.</summary>
    Unavailable,

    /// <summary>Who asks may not do this; the message says what it may not.</summary>
    Denied,
}
