using System.Net.Sockets;
using System.Text;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>
/// Opens connections on which something is wrong, and asks on each whether the server has seen it: it answers a ping, or
/// ends the connection, in time; and says nothing of its insides. Others are served all the time.
/// </summary>
internal sealed class WireFuzzer(FuzzedServer server, FuzzRun run)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task RunAsync()
    {
        await server.AssertWellAsync([]);
        foreach (var batch in run.Batches())
        {
            var cases = batch.Select(Case).ToList();
            await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) =>
            {
                var wrong = await WrongAsync(one);
                Assert.True(wrong is null, $"{wrong}: {one}");
            });
            await server.AssertWellAsync(cases);
        }
    }

    private FuzzCase Case(int number)
    {
        var random = FuzzCase.Chance(run.Seed, number);
        var bytes = new Http2Bytes();
        if (random.Next(50) == 0)
        {
            return new FuzzCase(run.Seed, number, "no HTTP/2 at all", Oddities.Bytes(random));
        }

        var (name, add) = WireCases.All[random.Next(WireCases.All.Count)];
        add(bytes.Preface(), random);
        return new FuzzCase(run.Seed, number, name, bytes.Frame(Http2Bytes.Ping, 0, 0, Http2Bytes.LastPing).ToArray());
    }

    private async Task<string?> WrongAsync(FuzzCase one)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var got = new List<byte>();
        try
        {
            using var over = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(server.Address, over.Token);
            var sending = SendAsync(socket, one.Bytes, over.Token);

            // What is cut off in the midst of a frame has no answer before its end.
            var mayWaitForMore = await ReadAsync(socket, got, TimeSpan.FromMilliseconds(300), over.Token);
            if (mayWaitForMore)
            {
                await sending;
                socket.Shutdown(SocketShutdown.Send);
                await ReadAsync(socket, got, Patience, over.Token);
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            // It may end a connection as hard as it likes.
        }
        catch (OperationCanceledException)
        {
            return "the connection was neither answered nor ended";
        }

        return FuzzedServer.Leak(Encoding.Latin1.GetString([.. got]));
    }

    private static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent), cancellation);
            }
        }
        catch (SocketException)
        {
            // The other side has had enough.
        }
    }

    /// <summary>Reads until the last ping is answered or the connection ends; true if neither happened for some time.</summary>
    private static async Task<bool> ReadAsync(Socket socket, List<byte> got, TimeSpan patience, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            pause.CancelAfter(patience);
            int count;
            try
            {
                count = await socket.ReceiveAsync(buffer, pause.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return true;
            }

            if (count == 0)
            {
                return false;
            }

            got.AddRange(buffer.AsSpan(0, count));
            if (got.Count >= Http2Bytes.PingLength && CollectionsSpan(got).IndexOf(Http2Bytes.LastPing) >= 0)
            {
                return false;
            }
        }
    }

    private static ReadOnlySpan<byte> CollectionsSpan(List<byte> bytes) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
}
