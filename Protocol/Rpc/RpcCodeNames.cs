using System.Text.RegularExpressions;

namespace Snakepit.Protocol.Rpc;

/// <summary>The status codes by name.</summary>
public static partial class RpcCodeNames
{
    private static readonly string[] Names =
        [.. Enum.GetNames<RpcCode>().Select(static name => WordStart().Replace(name, "_").ToUpperInvariant())];

    /// <summary>The code's name in gRPC's own spelling, as NOT_FOUND.</summary>
    public static string Name(this RpcCode code) => (uint)code < Names.Length ? Names[(int)code] : $"CODE_{(int)code}";

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
