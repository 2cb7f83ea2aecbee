using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>One server over many lives on the same data folder, each life at another port. Driven by one test, called by many clients.</summary>
internal sealed class RestartingServer(string dataFolder, params string[] options) : IServers, IAsyncDisposable
{
    private readonly List<ServerProcess> _lives = [];
    private volatile TaskCompletionSource<ServerProcess> _serving = NotYet();

    /// <summary>The life that serves or, after <see cref="Leave"/>, ends.</summary>
    public ServerProcess Process => _lives[^1];

    public bool MayStandStill { get; init; }

    /// <summary>A client of the present life; waits for the next one while there is none.</summary>
    public async Task<BridgeClient> ClientAsync() => (await _serving.Task.Within("a server to call")).Client;

    public Task UnavailableAsync(BridgeClient client, RpcException failure) => Task.CompletedTask;

    public async Task StartAsync()
    {
        var process = await ServerProcess.StartAsync(dataFolder, options);
        _lives.Add(process);
        _serving.SetResult(process);
    }

    /// <summary>From now on clients wait for the next life. To be called before the present one is ended.</summary>
    public void Leave() => _serving = NotYet();

    public Task KillAsync()
    {
        Leave();
        return Process.KillAsync();
    }

    /// <summary>A life that is killed at some moment before it serves.</summary>
    public async Task StartInVainAsync(TimeSpan age)
    {
        await using var process = ServerProcess.Launch(dataFolder, options);
        await Task.Delay(age);
        await process.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _lives)
        {
            await process.DisposeAsync();
        }
    }

    private static TaskCompletionSource<ServerProcess> NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
