using Google.Protobuf;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions;

/// <summary>A request that may change a session.</summary>
/// <param name="Request">The protocol's message.</param>
/// <param name="Target">For a rollback: the value to go back to, read from the log beforehand; null = not there.</param>
/// <param name="Hosts">For an offer of tools: the hosts it was found to come from; null = the one it names.</param>
public sealed record SessionCommand(IMessage Request, HistoricalValue? Target = null, IReadOnlyList<ToolHost>? Hosts = null)
{
    /// <summary>Whom it is made for.</summary>
    public Requester Requester { get; init; } = Requester.Unrestricted;
}

/// <summary>A value that a variable once had.</summary>
/// <param name="VariableId">Whose.</param>
/// <param name="Version">The version it was.</param>
/// <param name="Value">The value.</param>
public sealed record HistoricalValue(string VariableId, int Version, Value Value);
