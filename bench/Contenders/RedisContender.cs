using System.Globalization;
using Snakepit.Tests;

namespace Snakepit.Bench;

/// <summary>Debian's Redis, which has each write on the disk before it answers. It speaks a protocol of its own.</summary>
internal sealed class RedisContender() : Contender("Redis", new RedisDialect())
{
    private const string Program = "/usr/bin/redis-server";

    public override string? Missing => MissingProgram(Program, "redis-server");

    public override async Task<MeasuredServer> StartAsync()
    {
        var (folder, remove) = NewFolder();
        var port = FreePort.Next();
        var process = await ServerProcess.StartListeningAsync(
            port,
            Program,
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1",
            "--dir", folder,
            "--save", "",
            "--appendonly", "yes",
            "--appendfsync", "always");
        return new MeasuredServer([("redis", process)], remove);
    }

    /// <summary>It is not asked over gRPC; the scenarios made for it know how.</summary>
    private sealed class RedisDialect : Dialect
    {
        public override UnaryCall? Call(Operation operation, int variables) => null;
    }
}
