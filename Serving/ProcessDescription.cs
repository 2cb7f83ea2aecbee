using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;

namespace Snakepit.Serving;

/// <summary>What is the same all its life of a process that serves.</summary>
/// <param name="kind">What it is.</param>
/// <param name="store">What its sessions are kept in, by name.</param>
/// <param name="startedAt">Since when.</param>
public sealed class ProcessDescription(DescribeServerResponse.Types.Kind kind, string store, DateTimeOffset startedAt)
{
    /// <summary>The product's version.</summary>
    public static string Version { get; } = typeof(ProcessDescription).Assembly.GetName().Version!.ToString(3);

    public DescribeServerResponse ToMessage() => new()
    {
        Kind = kind,
        Version = Version,
        Store = store,
        StartedAt = Timestamp.FromDateTimeOffset(startedAt),
    };
}
