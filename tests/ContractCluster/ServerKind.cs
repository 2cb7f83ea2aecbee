using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract;

/// <summary>The suite against a cluster.</summary>
internal static class ServerKind
{
    public static ServerUnderTest New(ServerSettings settings) => new ClusterUnderTest(settings);
}
