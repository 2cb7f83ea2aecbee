using System.Diagnostics;
using System.Globalization;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>
/// A client in a process of its own, which watches a session many times over, writes to it, and is killed in
/// the middle of both: nothing of it says good-bye.
/// </summary>
internal sealed class DoomedClient : IAsyncDisposable
{
    public const string Command = "doomed-client";
    public const int Watches = 200;

    private readonly Process _process;

    private DoomedClient(Process process)
    {
        _process = process;
    }

    /// <summary>Starts one; it has all its watches, and writes, when this ends.</summary>
    public static async Task<DoomedClient> StartAsync(int port, string session)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Snakepit.Tests.Robustness.dll");
        string[] arguments = [program, Command, port.ToString(CultureInfo.InvariantCulture), session];
        var client = new DoomedClient(Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!);
        Assert.Equal("watching", await client._process.StandardOutput.ReadLineAsync().Within("the client's watches"));
        return client;
    }

    /// <summary>Lets it stand still: its connection stays open and nobody answers on it.</summary>
    public void Freeze() => Signals.Send(_process.Id, Signal.Stop);

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Signals.Send(_process.Id, Signal.Kill);
        await _process.WaitForExitAsync(CancellationToken.None).Within("the end of the client");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>What the process itself does; a variable named `doomed` must be there to be written.</summary>
    public static async Task<int> RunAsync(string port, string session)
    {
        using var client = new BridgeClient(int.Parse(port, CultureInfo.InvariantCulture));
        for (var i = 0; i < Watches; i++)
        {
            var watch = client.Watch(new WatchVariablesRequest { SessionId = session });
            await watch.ResponseHeaders;
            _ = Task.Run(async () =>
            {
                while (await watch.ReadAsync() is not null)
                {
                    // Seen; there is nobody to tell.
                }
            });
        }

        Console.WriteLine("watching");
        for (var i = 0; ; i++)
        {
            await client.SetAsync(session, "doomed", $"{i}");
        }
    }
}
