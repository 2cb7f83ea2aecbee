using System.Collections.Concurrent;
using System.Threading.Channels;
using Snakepit.Sidecar.Workers;

namespace Snakepit.Tests.Workers;

/// <summary>Launches processes that do what the test says.</summary>
internal sealed class FakeLauncher : IWorkerLauncher
{
    private readonly Channel<FakeProcess> _launched = Channel.CreateUnbounded<FakeProcess>();

    /// <summary>Set = the system refuses to launch anything.</summary>
    public string? Refusal { get; set; }

    public IWorkerProcess Launch(string worker)
    {
        if (Refusal is { } refusal)
        {
            throw new WorkerLaunchException(refusal, new IOException(refusal));
        }

        var process = new FakeProcess(worker);
        _launched.Writer.TryWrite(process);
        return process;
    }

    /// <summary>The next that was launched, awaited.</summary>
    public Task<FakeProcess> NextAsync() => _launched.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public bool TryNext(out FakeProcess? process) => _launched.Reader.TryRead(out process);
}

internal sealed class FakeProcess(string worker) : IWorkerProcess
{
    private static int _lastId = 1_000;

    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _told = new();

    public string Worker { get; } = worker;

    public int Id { get; } = Interlocked.Increment(ref _lastId);

    public Task<int> Port => _port.Task;

    public Task<string> Exited => _exited.Task;

    public Task Terminated => _terminated.Task.WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>What it was told, in turn.</summary>
    public IReadOnlyList<string> Told => [.. _told];

    public void BecomeReady(int port) => _port.TrySetResult(port);

    public void Exit(string how) => _exited.TrySetResult(how);

    public void Terminate()
    {
        _told.Enqueue("terminate");
        _terminated.TrySetResult();
    }

    public void Kill()
    {
        if (!_exited.Task.IsCompleted)
        {
            _told.Enqueue("kill");
            _exited.TrySetResult("was ended by signal 9");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
