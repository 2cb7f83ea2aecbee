using System.Text.RegularExpressions;

namespace Snakepit.Protocol.Rpc;

/// <summary>The status codes by name.</summary>
public static partial class RpcCodeNames
{
    /// <summary>The code's name in gRPC's own spelling, as NOT_FOUND.</summary>
    public static string Name(this RpcCode code) => WordStart().Replace(code.ToString(), "_").ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
