namespace Snakepit.Serving.CommandLine;

/// <summary>What the process tells the one that started it. Described in every help text.</summary>
public enum ExitCode
{
    Done = 0,

    /// <summary>A bad option or argument, or a server that could not start.</summary>
    Mistake = 1,

    /// <summary>The server answered with an error.</summary>
    Refused = 2,

    /// <summary>No server answered.</summary>
    Unreachable = 3,
}
