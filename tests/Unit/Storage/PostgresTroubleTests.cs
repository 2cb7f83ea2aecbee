using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Postgres;

namespace Snakepit.Tests.Storage;

/// <summary>A server of their own, which they stop and kill.</summary>
public sealed class PostgresTroubleTests : IAsyncLifetime
{
    private PostgresServer? _server;
    private PostgresStore? _opened;

    private PostgresServer Server => _server!;

    private PostgresStore Store => _opened!;

    public async ValueTask InitializeAsync()
    {
        SharedPostgres.SkipUnlessInstalled();
        _server = await PostgresServer.CreateAsync();
        _opened = await SharedPostgres.OpenAsync(new PostgresOptions(_server.ConnectionString()));
    }

    public async ValueTask DisposeAsync()
    {
        if (_opened is not null)
        {
            await _opened.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_answered_stored_is_there_after_the_server_fell(bool killed)
    {
        using var enough = new CancellationTokenSource();
        var answered = new ConcurrentQueue<(string Id, long Number)>();
        var failures = new ConcurrentQueue<StoreException>();
        var writers = Enumerable.Range(0, 20).Select(i => Task.Run(() => WriteAsync($"s{i}", answered, failures, enough.Token))).ToList();
        for (var fall = 1; fall <= 2; fall++)
        {
            await ReachAsync(answered, answered.Count + 500);
            await (killed ? Server.KillAsync() : Server.StopAsync(PostgresStop.Immediate));
            await Server.StartAsync();
        }

        await ReachAsync(answered, answered.Count + 500);
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        Assert.NotEmpty(failures);
        Assert.All(failures, failure => Assert.DoesNotContain("secret", failure.Message));
        Assert.All(failures, failure => Assert.DoesNotContain('\n', failure.Message));
        foreach (var session in answered.GroupBy(commit => commit.Id, commit => commit.Number))
        {
            var log = (await Store.ReadLogAsync(new("", session.Key), 0, int.MaxValue, default))!;
            Assert.Subset(log.Commits.Select(commit => commit.Number).ToHashSet(), session.ToHashSet());
            Assert.Equal(Enumerable.Range(1, log.Commits.Count), log.Commits.Select(commit => (int)commit.Number));
        }
    }

    [Fact]
    public async Task While_the_server_is_down_everyone_hears_so_at_once_and_nothing_was_done()
    {
        var sessions = Enumerable.Range(0, 1_000).Select(i => new ScriptedSession(Store, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => session.AppendAsync("x")));
        await Server.StopAsync(PostgresStop.Fast);

        // The connections are found dead when they are used next, if they have rested; not sent is not done.
        await Assert.ThrowsAsync<StoreException>(() => sessions[0].LoadAsync());
        await Assert.ThrowsAsync<StoreException>(() => Store.PingAsync(default));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Record.ExceptionAsync(() => new ScriptedSession(Store, $"first{i}").AppendAsync("x")).AsTask()));

        var since = Stopwatch.GetTimestamp();
        var appends = sessions.Select(session => session.AppendAsync("x")).ToList();
        foreach (var append in appends)
        {
            var error = await Assert.ThrowsAsync<StoreException>(() => append);
            Assert.False(error.OutcomeUnknown);
            Assert.StartsWith($"Cannot write to PostgreSQL 127.0.0.1:{Server.Port}/postgres: ", error.Message);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await Server.StartAsync();
        Assert.All(await Task.WhenAll(sessions.Select(session => session.AppendAsync("x"))), result => Assert.Equal(AppendResult.Stored, result));
        Assert.Equal(2, (await sessions[0].LoadAsync()).CommitsAfter.Count);
    }

    [Fact]
    public async Task A_restart_that_no_one_wrote_during_goes_unnoticed()
    {
        var session = new ScriptedSession(Store);
        await session.AppendAsync("x");
        await session.CheckpointAsync();
        await Server.StopAsync(PostgresStop.Fast);
        await Server.StartAsync();
        Assert.Equal(1, (await session.LoadAsync()).CommitNumber);
        await session.CheckpointAsync();
        await Store.PingAsync(default);
        await Server.StopAsync(PostgresStop.Fast);
        await Server.StartAsync();
        Assert.Equal(AppendResult.Stored, await Store.DeleteAsync(session.Key, 1, 1));
    }

    [Fact]
    public async Task A_server_that_may_forget_what_it_acknowledged_is_warned_of()
    {
        var log = new ToldWarnings();
        await using var store = await PostgresStore.OpenAsync(new PostgresOptions(Server.ConnectionString()), log, default);
        Assert.Equal(2, log.Warnings.Count);
        Assert.All(log.Warnings, warning => Assert.Contains($"127.0.0.1:{Server.Port}", warning));
    }

    [Fact]
    public async Task A_database_that_is_missing_is_told_in_one_line_without_the_password()
    {
        var options = new PostgresOptions(Server.ConnectionString("missing"));
        var error = await Assert.ThrowsAsync<StoreException>(() => PostgresStore.OpenAsync(options, NullLogger.Instance, default));
        Assert.StartsWith($"Cannot migrate PostgreSQL 127.0.0.1:{Server.Port}/missing: ", error.Message);
        Assert.DoesNotContain("secret", error.Message + options);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(error.OutcomeUnknown);
    }

    /// <summary>Writes one session's commits until it is enough, as its host would: after a doubtful outcome from what is stored.</summary>
    private async Task WriteAsync(
        string id, ConcurrentQueue<(string, long)> answered, ConcurrentQueue<StoreException> failures, CancellationToken enough)
    {
        var session = new ScriptedSession(Store, id);
        while (!enough.IsCancellationRequested)
        {
            var commit = session.Next("x");
            try
            {
                Assert.Equal(AppendResult.Stored, await session.AppendAsync(commit));
                answered.Enqueue((id, commit.Number));
            }
            catch (StoreException failure)
            {
                failures.Enqueue(failure);
                var end = await EndAsync(id);
                var happened = end?.CommitNumber == commit.Number;
                Assert.True(failure.OutcomeUnknown || !happened, $"{failure.Message}, but commit {commit.Number} is there");
                session = new ScriptedSession(Store, new("", id), end?.Revision ?? 0, end?.CommitNumber ?? 0);
            }
        }
    }

    private async Task<LogEnd?> EndAsync(string id)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return (await Store.ReadEndsAsync([new("", id)], deadline.Token))[0];
            }
            catch (StoreException)
            {
                deadline.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    private static async Task ReachAsync<T>(ConcurrentQueue<T> queue, int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (queue.Count < count)
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
