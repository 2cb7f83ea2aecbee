using Snakepit.GrpcGateway.Cluster;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Grains;

public sealed class SharedLogReadsTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly InterceptedStore _store = new();
    private readonly SharedLogReads _reads;

    public SharedLogReadsTests() => _reads = new SharedLogReads(_store);

    [Fact]
    public async Task Those_who_ask_for_one_piece_at_a_time_share_one_read()
    {
        var reading = _store.StopBefore(StoreVerb.ReadLog);
        var readers = Enumerable.Range(0, 20).Select(_ => ReadAsync(3)).ToList();
        await reading.Reached;
        readers.Add(ReadAsync(3));
        await ReadAsync(4);
        Assert.Equal(2, _store.Calls(StoreVerb.ReadLog));
        reading.Continue();
        await Task.WhenAll(readers);
        await ReadAsync(3);
        Assert.Equal(3, _store.Calls(StoreVerb.ReadLog));
    }

    [Fact]
    public async Task The_first_one_may_leave_without_the_others()
    {
        using var caller = new CancellationTokenSource();
        var reading = _store.StopBefore(StoreVerb.ReadLog);
        var (first, second) = (ReadAsync(3, caller.Token), ReadAsync(3));
        await reading.Reached;
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        reading.Continue();
        Assert.Null(await second);
    }

    [Fact]
    public async Task A_read_that_failed_fails_those_who_shared_it_and_nobody_after_them()
    {
        var reading = _store.StopBefore(StoreVerb.ReadLog);
        var readers = new[] { ReadAsync(3), ReadAsync(3) };
        await reading.Reached;
        reading.Fail(new StoreException("disk on fire", outcomeUnknown: false));
        foreach (var reader in readers)
        {
            await Assert.ThrowsAsync<StoreException>(() => reader);
        }

        Assert.Null(await ReadAsync(3));
    }

    [Fact]
    public async Task Of_ended_sessions_each_has_a_log_of_its_own()
    {
        var key = new SessionKey("", "s");
        var reading = _store.StopBefore(StoreVerb.ReadEndedLog);
        var first = _reads.ReadAsync(key, DateTimeOffset.UnixEpoch, 3, 1_000, default).AsTask();
        await reading.Reached;
        Assert.Null(await _reads.ReadAsync(key, DateTimeOffset.UnixEpoch.AddMicroseconds(1), 3, 1_000, default).AsTask().WaitAsync(Deadline));
        Assert.Null(await ReadAsync(3));
        reading.Continue();
        Assert.Null(await first.WaitAsync(Deadline));
        Assert.Equal((2, 1), (_store.Calls(StoreVerb.ReadEndedLog), _store.Calls(StoreVerb.ReadLog)));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task<LogPage?> ReadAsync(long afterRevision, CancellationToken cancellation = default) =>
        _reads.ReadAsync(new SessionKey("", "s"), endedOne: null, afterRevision, 1_000, cancellation).AsTask().WaitAsync(Deadline, CancellationToken.None);
}
