using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;

namespace Snakepit.Tests.Storage;

public sealed class PostgresStoreTests(SharedPostgres postgres) : StoreCompliance
{
    private PostgresOptions _options = null!;

    [Fact]
    public async Task What_an_ended_session_left_behind_is_removed()
    {
        var (ended, other) = (new ScriptedSession(Store, "ended"), new ScriptedSession(Store, "other"));
        foreach (var session in new[] { ended, other })
        {
            await session.AppendLargeAsync("x", ScriptedSession.Large(3_000_000, 1));
            await session.AppendManyAsync("y", 5);
            await session.CheckpointAsync();
        }

        await Store.DeleteAsync(ended.Key, ended.Number, ended.Revision);
        var store = (PostgresStore)Store;
        while (await store.Database.WriteAsync(store.Endings.RemoveSliceAsync))
        {
        }

        Assert.Equal(0L, await QueryAsync("SELECT count(*) FROM ended"));
        foreach (var (table, rows) in new[] { ("log", 6L), ("variables", 2L), ("large_values", 3L), ("heads", 1L) })
        {
            Assert.Equal(rows, await QueryAsync($"SELECT count(*) FROM {table}"));
        }

        Assert.True((await other.LoadAsync()).Exists);
    }

    [Fact]
    public async Task A_kept_log_is_seen_by_every_process_and_removed_when_its_time_has_passed()
    {
        var session = new ScriptedSession(Store);
        await session.AppendLargeAsync("x", ScriptedSession.Large(3_000_000, 1));
        await session.AppendManyAsync("y", 5);
        await Store.DeleteAsync(session.Key, 6, 6, keepLogUntil: ScriptedSession.Expiry);
        await using var other = await SharedPostgres.OpenAsync(_options);
        while (await other.Database.WriteAsync(other.Endings.RemoveSliceAsync))
        {
        }

        Assert.Equal(6, (await other.ReadEndedLogAsync(session.Key, ScriptedSession.Start, 0, int.MaxValue, default))!.Commits.Count);
        await Task.WhenAll(other.PurgeEndedAsync(ScriptedSession.Expiry).AsTask(), Store.PurgeEndedAsync(ScriptedSession.Expiry).AsTask());
        while (await other.Database.WriteAsync(other.Endings.RemoveSliceAsync))
        {
        }

        foreach (var table in new[] { "kept_logs", "log", "large_values" })
        {
            await AssertEmptyAsync(table);
        }
    }

    [Fact]
    public async Task A_trim_that_a_session_ends_under_takes_nothing_from_the_log_that_is_kept()
    {
        var session = new ScriptedSession(Store);
        await session.AppendManyAsync("x", 9);
        await session.CheckpointAsync();
        var database = ((PostgresStore)Store).Database;
        var plan = await new TrimPlans(database).MakeAsync(session.Key, new Retention(7, DateTimeOffset.MinValue, 1), default);
        await Store.DeleteAsync(session.Key, 9, 9, keepLogUntil: ScriptedSession.Expiry);

        Assert.Equal(default, await new PostgresTrim(database, plan!, default).RunAsync());
        var page = (await Store.ReadEndedLogAsync(session.Key, ScriptedSession.Start, 0, int.MaxValue, default))!;
        Assert.Equal((0, 9), (page.Floor, page.Commits.Count));
    }

    [Fact]
    public async Task A_commit_that_cannot_be_stored_fails_alone()
    {
        var sessions = Enumerable.Range(0, 40).Select(i => new ScriptedSession(Store, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => session.AppendAsync("x")));
        await QueryAsync("ALTER TABLE log ADD CHECK (number < 3)");
        await Task.WhenAll(sessions.Take(3).Select(session => session.AppendAsync("x")));

        var appends = sessions.Select(session => session.AppendAsync("x")).ToList();
        foreach (var (i, append) in appends.Index())
        {
            if (i < 3)
            {
                var error = await Assert.ThrowsAsync<StoreException>(() => append);
                Assert.False(error.OutcomeUnknown);
                Assert.Contains("log_number_check", error.Message);
            }
            else
            {
                Assert.Equal(AppendResult.Stored, await append);
            }
        }
    }

    [Fact]
    public async Task The_ends_of_tens_of_thousands_of_logs_are_one_question()
    {
        await new ScriptedSession(Store, "s777").AppendAsync("x");
        var ends = await Store.ReadEndsAsync([.. Enumerable.Range(0, 30_000).Select(i => new SessionKey("", $"s{i}"))], default);
        Assert.Equal(30_000, ends.Count);
        Assert.Equal(777, Assert.Single(ends.Index(), end => end.Item is not null).Index);
    }

    [Fact]
    public async Task A_closed_store_finishes_what_was_asked_and_refuses_the_rest()
    {
        var session = new ScriptedSession(Store);
        var last = session.AppendAsync("x");
        await Store.DisposeAsync();
        Assert.Equal(AppendResult.Stored, await last);
        foreach (var task in new Task[] { session.AppendAsync("x"), session.LoadAsync(), session.CheckpointAsync() })
        {
            var error = await Assert.ThrowsAsync<StoreException>(() => task);
            Assert.EndsWith("the store is closed", error.Message);
            Assert.False(error.OutcomeUnknown);
        }
    }

    [Fact]
    public async Task A_reading_that_is_no_longer_wanted_is_cancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.LoadAsync(new("", "s"), new CancellationToken(canceled: true)));

    [Fact]
    public async Task Every_connection_waits_for_the_disk_whatever_the_server_or_the_caller_prefers()
    {
        await QueryAsync("ALTER ROLE snakepit SET synchronous_commit = off");
        try
        {
            var careless = _options with { ConnectionString = $"{_options.ConnectionString};Options=-c synchronous_commit=off" };
            await using var store = await SharedPostgres.OpenAsync(careless);
            var setting = await store.Database.ReadAsync(
                connection => connection.QueryAsync(Sql.Command("SHOW synchronous_commit"), row => row.GetString(0)), default);
            Assert.Equal(["on"], setting);
        }
        finally
        {
            await QueryAsync("ALTER ROLE snakepit RESET synchronous_commit");
        }
    }

    protected override async ValueTask<ISessionStore> OpenAsync() =>
        await SharedPostgres.OpenAsync(_options = await postgres.NewSchemaAsync());

    private protected override async Task AssertLargeValuesAsync(ScriptedSession session, long[] revisions) =>
        Assert.Equal(revisions, await QueryAsync("SELECT array_agg(DISTINCT revision ORDER BY revision) FROM large_values"));

    // Another process may still be at it: rows that it has locked are its to remove.
    private async Task AssertEmptyAsync(string table)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((long)(await QueryAsync($"SELECT count(*) FROM {table}"))! > 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    private Task<object?> QueryAsync(string sql) => SharedPostgres.QueryAsync(_options, sql);
}
