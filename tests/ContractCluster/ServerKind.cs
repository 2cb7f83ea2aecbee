using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract;

/// <summary>The suite against a cluster.</summary>
internal static class ServerKind
{
    /// <summary>What has a part in answering a call, by the names of the sources of its spans.</summary>
    public static IReadOnlyList<string> TraceSources => ["Snakepit.Transport", "Microsoft.Orleans.Application", "Npgsql"];

    public static ServerUnderTest New(ServerSettings settings) => new ClusterUnderTest(settings);
}
