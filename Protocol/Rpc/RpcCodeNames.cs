using System.Text.RegularExpressions;

namespace Snakepit.Protocol.Rpc;

/// <summary>The status codes' names as gRPC writes them: `INVALID_ARGUMENT`.</summary>
public static partial class RpcCodeNames
{
    private static readonly string[] Names =
        [.. Enum.GetNames<RpcCode>().Select(static name => WordStart().Replace(name, "_").ToUpperInvariant())];

    public static string Of(RpcCode code) =>
        (uint)code < Names.Length ? Names[(int)code] : $"CODE_{(int)code}";

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
