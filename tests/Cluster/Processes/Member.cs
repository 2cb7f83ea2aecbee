using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>One silo or gateway of a cluster over all its lives, each a process at ports of its own. Driven by one test.</summary>
internal sealed class Member(string name, Func<ServerProcess> launch) : IAsyncDisposable
{
    private readonly List<ServerProcess> _lives = [];
    private volatile ServerProcess? _latest;

    public string Name { get; } = name;

    /// <summary>The present life or, while there is none, the one before. Any thread.</summary>
    public ServerProcess Process => _latest!;

    public async Task StartAsync()
    {
        var process = await launch().OnceReadyAsync();
        _lives.Add(process);
        _latest = process;
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>SIGTERM, and waits for exit status 0.</summary>
    public Task StopAsync() => Process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _lives)
        {
            await process.DisposeAsync();
        }
    }
}
