using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;

namespace Snakepit.Tests.Contract;

/// <summary>A silo that takes any free port takes another one where somebody was faster.</summary>
public sealed class SiloPortTests
{
    [Fact]
    public async Task A_free_port_that_is_taken_before_it_is_used_is_another_one_then()
    {
        var database = new PostgresOptions(await SharedPostgres.ConnectionStringAsync()) { Schema = $"ports{Guid.NewGuid():N}" };
        TcpListener? faster = null;
        await using var silo = await SiloServer.StartAsync(
            new SiloOptions { Database = database, SiloPort = 0, ClientPort = 0 },
            NullLoggerFactory.Instance,
            chosen =>
            {
                if (faster is null)
                {
                    faster = new TcpListener(IPAddress.Loopback, chosen.SiloPort);
                    faster.Start();
                }
            });
        Assert.NotEqual(((IPEndPoint)faster!.LocalEndpoint).Port, silo.SiloPort);
        faster.Dispose();
    }
}
