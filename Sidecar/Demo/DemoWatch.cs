using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sidecar.Client;

namespace Snakepit.Sidecar.Demo;

/// <summary>A watch of the whole session that prints what it sees, as it comes.</summary>
internal sealed class DemoWatch
{
    private readonly TextWriter _output;
    private readonly Task<RpcStatus> _running;
    private readonly Lock _gate = new();
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision;

    private DemoWatch(ServerConnection server, WatchVariablesRequest request, TextWriter output, CancellationToken cancellation)
    {
        _output = output;
        _running = FollowAsync(server, request, cancellation);
    }

    /// <summary>Everything up to this revision was seen: where a later watch goes on.</summary>
    public long Revision
    {
        get
        {
            lock (_gate)
            {
                return _revision;
            }
        }
    }

    /// <summary>Starts with what is there, or after a revision.</summary>
    public static DemoWatch Start(
        ServerConnection server, string session, long? afterRevision, TextWriter output, CancellationToken cancellation)
    {
        var request = new WatchVariablesRequest { SessionId = session, IncludeInitialValues = afterRevision is null };
        if (afterRevision is { } revision)
        {
            request.FromRevision = revision;
        }

        return new DemoWatch(server, request, output, cancellation);
    }

    /// <summary>Waits until the watch has seen a revision. Throws <see cref="RpcException"/> where it ended before.</summary>
    public async Task SeesAsync(long revision, CancellationToken cancellation)
    {
        while (true)
        {
            Task advanced;
            lock (_gate)
            {
                if (_revision >= revision)
                {
                    return;
                }

                advanced = _advanced.Task;
            }

            if (_running.IsCompleted)
            {
                throw new RpcException(await _running);
            }

            await Task.WhenAny(advanced, _running).WaitAsync(TimeSpan.FromSeconds(10), cancellation);
        }
    }

    /// <summary>How the watch ended.</summary>
    public Task<RpcStatus> EndAsync() => _running;

    private async Task<RpcStatus> FollowAsync(
        ServerConnection server, WatchVariablesRequest request, CancellationToken cancellation)
    {
        try
        {
            using var updates = server.Watch(request, cancellation);
            await foreach (var update in updates.ReadAllAsync(cancellation))
            {
                See(update);
            }

            return RpcStatus.Ok;
        }
        catch (RpcException end)
        {
            return end.Status;
        }
    }

    private void See(VariableUpdate update)
    {
        if (update.UpdateType != "heartbeat")
        {
            var old = update.OldValue is null ? "" : $"  (was {Shown.Value(update.OldValue, update.OldBinaryValue)})";
            var revision = update.Revision > 0 ? string.Create(CultureInfo.InvariantCulture, $"r{update.Revision}") : "-";
            _output.WriteLine(
                $"      watch | {revision,-3} {update.UpdateType,-13} {update.Variable.Name} = {Shown.Value(update.Variable.Value, update.Variable.BinaryValue)}{old}");
        }

        lock (_gate)
        {
            _revision = Math.Max(_revision, update.Revision);
            _advanced.SetResult();
            _advanced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
