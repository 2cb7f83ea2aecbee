namespace Snakepit.Sessions;

/// <summary>Whom a request is made for, as far as a session must know.</summary>
/// <param name="Name">The principal's name; empty where nobody was asked for one.</param>
/// <param name="Administers">Whether it stands above the access lists of the session's variables.</param>
public readonly record struct Requester(string Name, bool Administers)
{
    /// <summary>The server itself, and every caller of a server that nobody closed.</summary>
    public static Requester Unrestricted { get; } = new("", true);
}
