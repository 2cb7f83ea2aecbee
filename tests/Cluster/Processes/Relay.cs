using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>
/// Stands between a cluster and its database, and makes the way there slow, or cuts it off without a word: bytes go
/// nowhere, connections stay open, as when a cable is pulled.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new();
    private long _delay;

    private Relay(IPAddress address, int target)
    {
        _target = target;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _open.SetResult();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What each piece of what is asked waits before it is handed on; pieces of one connection one after another.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delay));
        set => Interlocked.Exchange(ref _delay, value.Ticks);
    }

    /// <summary>A connection string that leads here instead of to its own host and port.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = ((IPEndPoint)_listener.LocalEndpoint).Address.ToString(),
        Port = Port,
    }.ConnectionString;

    /// <param name="address">Where it listens.</param>
    /// <param name="target">A port of 127.0.0.1.</param>
    public static Relay Start(IPAddress address, int target) => new(address, target);

    /// <summary>From now on nothing passes, in either direction.</summary>
    public void Cut() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What has waited passes.</summary>
    public void Heal() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_over.Token)));
                connections.RemoveAll(connection => connection.IsCompleted);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _over.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
                var asked = PassAsync(client, server, isDelayed: true, ended.Token);
                var answered = PassAsync(server, client, isDelayed: false, ended.Token);
                await Task.WhenAny(asked, answered);
                await ended.CancelAsync();
                await Task.WhenAll(asked, answered);
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException)
            {
                // One of the two has gone, or the test has.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool isDelayed, CancellationToken ended)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, ended)) > 0)
            {
                if (isDelayed && Delay is { Ticks: > 0 } delay)
                {
                    await Task.Delay(delay, ended);
                }

                await _open.Task.WaitAsync(ended);
                await to.SendAsync(buffer.AsMemory(0, read), ended);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // The other direction ends too.
        }
    }
}
