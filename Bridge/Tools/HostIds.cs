using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Bridge.Tools;

/// <summary>What a host may be known by.</summary>
internal static class HostIds
{
    private static readonly SessionLimits Limits = SessionLimits.Default with { MaxNameBytes = 128 };

    /// <summary>The refusal of an id that is empty, too long or has control characters.</summary>
    public static Refusal? Check(string id, string field) => Names.Check(id, field, Limits);
}
