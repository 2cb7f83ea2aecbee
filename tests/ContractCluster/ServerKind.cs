using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract;

/// <summary>The suite against a cluster.</summary>
internal static class ServerKind
{
    /// <summary>What has a part in answering a call, by the names of the sources of its spans.</summary>
    public static IReadOnlyList<string> TraceSources => ["Snakepit.Transport", "store append", "Microsoft.Orleans.Application", "Npgsql"];

    /// <summary>What it is made of, by the names that docs/operations.md has for them.</summary>
    public static IReadOnlyList<string> Executables => ["silo", "gateway"];

    /// <summary>How the metrics of the libraries beneath begin, in Prometheus' form.</summary>
    public static IReadOnlyList<string> Libraries => ["dotnet_", "db_client_", "orleans_"];

    public static ServerUnderTest New(ServerSettings settings) => new ClusterUnderTest(settings);
}
