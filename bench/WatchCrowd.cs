using Snakepit.Protocol.Bridge;

namespace Snakepit.Bench;

/// <summary>Many watches of one variable over few connections; counts what arrives and looks at nothing.</summary>
internal sealed class WatchCrowd : IAsyncDisposable
{
    private readonly List<RawConnection> _connections = [];

    /// <summary>What each watch begins with: the variable as it is, and the mark that this was all.</summary>
    public const int MessagesOfSnapshot = 2;

    /// <summary>Messages that have arrived, on all watches.</summary>
    public long Messages => _connections.Sum(connection => connection.Messages);

    public static async Task<WatchCrowd> OpenAsync(int port, string variable, int watchers, int connections)
    {
        var crowd = new WatchCrowd();
        var request = new WatchVariablesRequest
        {
            SessionId = BenchClient.Session,
            VariableIdentifiers = { variable },
            IncludeInitialValues = true,
            UpdateTypes = { "value_change" },
        };
        for (var n = 0; n < connections; n++)
        {
            var connection = await RawConnection.OpenAsync(port);
            crowd._connections.Add(connection);
            for (var stream = n; stream < watchers; stream += connections)
            {
                await connection.CallAsync(BenchClient.Path("WatchVariables"), request);
            }
        }

        await crowd.WaitForAsync((long)watchers * MessagesOfSnapshot);
        return crowd;
    }

    /// <summary>Waits until so many messages have arrived; fails after 30 s without one.</summary>
    public async Task WaitForAsync(long messages)
    {
        var seen = -1L;
        var patience = 0;
        while (Messages < messages)
        {
            patience = seen == Messages ? patience + 1 : 0;
            if (patience > 3_000)
            {
                throw new TimeoutException($"{Messages} messages arrived, {messages} were expected");
            }

            seen = Messages;
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }
}
