using System.Globalization;

namespace Snakepit.Transport;

/// <summary>Where a server listens.</summary>
/// <param name="Host">
/// An IP address, `localhost` (127.0.0.1 and ::1 on one port), `*` (every address of the machine), or a
/// name that resolves to addresses of this machine.
/// </param>
/// <param name="Port">0 = any free one.</param>
public sealed record GrpcEndpoint(string Host, int Port)
{
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) && !Host.StartsWith('[')
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
