using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Workers;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Workers;

/// <summary>One run of a worker, from its first answer to its end. After a restart it is another.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A call may ask for the token of its loss at any time; it has no timer.")]
internal sealed class PoolWorker(string name, int processId, int capacity, WorkerChannel channel, CallTally calls)
{
    private readonly CancellationTokenSource _lost = new();
    private volatile string _end = "has ended";
    private TaskCompletionSource _doubt = NewDoubt();

    public string Name { get; } = name;

    /// <summary>Those who wait for it and no other.</summary>
    public SortedSet<Waiter> Waiters { get; } = [];

    // The rest is written by WorkerTurns, under its lock.

    /// <summary>Calls that have their turn.</summary>
    public int InFlight { get; set; }

    /// <summary>Grows with each turn given: the lower, the longer ago.</summary>
    public long LastGiven { get; set; }

    /// <summary>Doubts there were whether it lives.</summary>
    public int Doubts { get; set; }

    public bool TakesCalls { get; set; }

    public bool IsLost { get; set; }

    public bool HasRoom => TakesCalls && InFlight < capacity;

    /// <summary>Told of a call that failed in a way that lets one doubt whether the worker lives.</summary>
    public Action<PoolWorker>? Doubted { get; init; }

    /// <summary>Ends the calls under way as UNAVAILABLE. The turns were told before.</summary>
    /// <param name="how">To follow the worker's name in a sentence.</param>
    public void Lose(string how)
    {
        _end = how;
        _lost.Cancel();
    }

    /// <summary>
    /// Waits for a doubt, or until the time is up. Who then asks the worker will have asked it after every doubt that
    /// was raised before.
    /// </summary>
    public async Task DoubtAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await Volatile.Read(ref _doubt).Task.WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            // There was none.
        }

        Volatile.Write(ref _doubt, NewDoubt());
    }

    /// <summary>It is suspended, and whoever waits in <see cref="DoubtAsync"/> goes on.</summary>
    public void Doubt()
    {
        Doubted?.Invoke(this);
        Volatile.Read(ref _doubt).TrySetResult();
    }

    /// <inheritdoc cref="IToolHost.ExecuteAsync"/>
    public async Task<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _lost.Token);
        var failed = true;
        calls.TryEnter();
        try
        {
            var response = await channel.ExecuteAsync(call, either.Token);
            failed = !response.Success;
            return response;
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException)
        {
            throw Told(failure, cancellation);
        }
        finally
        {
            calls.Leave(failed);
        }
    }

    /// <inheritdoc cref="IToolHost.StreamAsync"/>
    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _lost.Token);
        var failed = true;
        calls.TryEnter();
        try
        {
            using var chunks = channel.Stream(call, either.Token);
            while (await NextAsync(chunks, cancellation) is { } chunk)
            {
                failed = !chunk.IsFinal;
                yield return chunk;
            }

            failed = false;
        }
        finally
        {
            calls.Leave(failed);
        }
    }

    private async ValueTask<ToolChunk?> NextAsync(RpcServerStream<ToolChunk> chunks, CancellationToken cancellation)
    {
        try
        {
            return await chunks.ReadAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException)
        {
            throw Told(failure, cancellation);
        }
    }

    private Exception Told(Exception failure, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return new OperationCanceledException("the call was cancelled", failure, cancellation);
        }

        if (_lost.IsCancellationRequested)
        {
            return new RpcException(RpcCode.Unavailable, $"worker {Name} (process {processId}) {_end}");
        }

        if (failure is RpcException { Status.Code: RpcCode.Unavailable } unavailable)
        {
            // Its connection often breaks before its end is seen: nobody else shall be sent there meanwhile.
            Doubt();
            return new RpcException(RpcCode.Unavailable, $"worker {Name} (process {processId}): {unavailable.Status.Message}")
            {
                NeverSent = unavailable.NeverSent,
            };
        }

        return failure;
    }

    private static TaskCompletionSource NewDoubt() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
