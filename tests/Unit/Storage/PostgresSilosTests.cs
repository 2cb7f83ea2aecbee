using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;

namespace Snakepit.Tests.Storage;

/// <summary>Two stores on one schema, as two silos have them.</summary>
public sealed class PostgresSilosTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PostgresOptions _options = null!;
    private PostgresStore _one = null!;
    private PostgresStore _other = null!;

    public async ValueTask InitializeAsync()
    {
        _options = await postgres.NewSchemaAsync();
        _one = await SharedPostgres.OpenAsync(_options);
        _other = await SharedPostgres.OpenAsync(_options);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in new[] { _one, _other })
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Of_two_silos_that_write_one_session_only_one_succeeds()
    {
        var session = new ScriptedSession(_one);
        await session.AppendAsync("x");
        for (var i = 0; i < 100; i++)
        {
            var commit = session.Next("x");
            var results = await Task.WhenAll(_one.AppendAsync(session.Key, commit).AsTask(), _other.AppendAsync(session.Key, commit).AsTask());
            Assert.Single(results, AppendResult.Stored);
            session = Following(_one, session.Key, commit);
        }

        Assert.Equal(101, (await session.LoadAsync()).CommitsAfter.Count);
    }

    [Fact]
    public async Task A_session_that_many_make_at_once_is_made_once()
    {
        for (var i = 0; i < 20; i++)
        {
            var session = new ScriptedSession(_one, $"s{i}");
            var commit = session.Next("x");
            var results = await Task.WhenAll(
                Enumerable.Range(0, 10).Select(turn => (turn % 2 == 0 ? _one : _other).AppendAsync(session.Key, commit).AsTask()));
            Assert.Single(results, AppendResult.Stored);
            Assert.Single((await session.LoadAsync()).CommitsAfter);
        }
    }

    [Fact]
    public async Task Many_sessions_written_by_both_silos_at_once_do_not_end_in_a_deadlock()
    {
        var keys = Enumerable.Range(0, 50).Select(i => new SessionKey("", $"s{i}")).ToList();
        var heads = keys.ToDictionary(key => key, key => new ScriptedSession(_one, key));
        await Task.WhenAll(heads.Values.Select(session => session.AppendAsync("x")));
        for (var i = 0; i < 20; i++)
        {
            var commits = heads.ToDictionary(head => head.Key, head => head.Value.Next("x"));
            var one = keys.Select(key => _one.AppendAsync(key, commits[key]).AsTask());
            var other = keys.AsEnumerable().Reverse().Select(key => _other.AppendAsync(key, commits[key]).AsTask());
            var results = await Task.WhenAll([.. one, .. other]);
            Assert.Equal(50, results.Count(result => result == AppendResult.Stored));
            foreach (var key in keys)
            {
                heads[key] = Following(_one, key, commits[key]);
            }
        }
    }

    [Fact]
    public async Task A_session_made_while_another_ends_is_above_it_or_refused()
    {
        for (var i = 0; i < 50; i++)
        {
            var tenant = $"t{i}";
            var ended = new ScriptedSession(_one, new SessionKey(tenant, "ended"));
            await ended.AppendManyAsync("x", 3);
            var made = new ScriptedSession(_other, new SessionKey(tenant, "made"));
            var ending = _one.DeleteAsync(ended.Key, 3, 3).AsTask();
            var making = made.AppendAsync("x");
            Assert.Equal(AppendResult.Stored, await ending);
            if (await making == AppendResult.Stored)
            {
                // It came first; whoever comes now is told of the revision.
                Assert.Equal(AppendResult.Fenced, await new ScriptedSession(_other, new SessionKey(tenant, "late")).AppendAsync("x"));
            }

            Assert.Equal(3, (await _other.LoadAsync(ended.Key, default)).Revision);
        }
    }

    [Fact]
    public async Task A_creation_waits_for_an_ending_and_is_held_against_it()
    {
        await using var ending = await _one.Database.ConnectAsync("test", default);
        await using var transaction = await ending.BeginTransactionAsync();
        await ending.QueryAsync(
            Sql.Command("SELECT pg_advisory_xact_lock($1)", Sql.Value(AdvisoryLocks.Tenant(_options.Schema, ""))), _ => true);
        await ending.RunAsync(Sql.Command("INSERT INTO tenants VALUES ($1, 7)", Sql.Name("")));

        var making = new ScriptedSession(_other, new SessionKey("", "s"), startRevision: 6).AppendAsync("x");
        await EventuallyAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", 1L);
        Assert.False(making.IsCompleted);
        await transaction.CommitAsync();
        Assert.Equal(AppendResult.Fenced, await making);
    }

    [Fact]
    public async Task A_silo_whose_session_ended_elsewhere_is_fenced_until_it_loads_anew()
    {
        var before = new ScriptedSession(_one);
        await before.AppendManyAsync("x", 2);
        Assert.Equal(AppendResult.Stored, await _other.DeleteAsync(before.Key, 2, 2));
        var next = new ScriptedSession(_other, before.Key, startRevision: 2);
        await next.AppendManyAsync("x", 2);

        Assert.Equal(AppendResult.Fenced, await before.AppendAsync("x"));
        var commit = next.Next("x");
        Assert.Equal(AppendResult.Stored, await _one.AppendAsync(next.Key, commit));
        Assert.Equal(5, (await _other.LoadAsync(next.Key, default)).CommitsAfter[^1].LastRevision);
    }

    [Fact]
    public async Task What_ended_is_removed_by_several_silos_at_once()
    {
        var sessions = Enumerable.Range(0, 300).Select(i => new ScriptedSession(_one, $"s{i}")).ToList();
        await Task.WhenAll(sessions.Select(session => session.AppendManyAsync("x", 5)));
        await Task.WhenAll(sessions.Select((session, i) => (i % 2 == 0 ? _one : _other).DeleteAsync(session.Key, 5, 5).AsTask()));
        await EventuallyAsync("SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM log)", 0L);
        Assert.Equal(0L, await SharedPostgres.QueryAsync(_options, "SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Two_checkpoints_at_once_leave_the_newer_ones_rows()
    {
        var session = new ScriptedSession(_one);
        for (var i = 0; i < 30; i++)
        {
            await session.AppendAsync("stays", "goes");
            var older = session.Checkpoint();
            await session.DeleteVariableAsync("goes");
            var newer = session.Checkpoint();
            await Task.WhenAll(_one.CheckpointAsync(session.Key, older).AsTask(), _other.CheckpointAsync(session.Key, newer).AsTask());
            var loaded = await session.LoadAsync();
            Assert.Equal(newer.CommitNumber, loaded.CommitNumber);
            Assert.Equal(session.Variables["stays"], Assert.Single(loaded.Variables).Record);
        }
    }

    [Fact]
    public async Task Trims_by_both_silos_beside_writing_lose_nothing_that_is_needed()
    {
        var session = new ScriptedSession(_one);
        for (byte i = 0; i < 20; i++)
        {
            await session.AppendLargeAsync("large", ScriptedSession.Large(70_000, i));
            await session.AppendManyAsync("x", 20);
            await session.CheckpointAsync();
            var retention = new Retention(session.Revision - 10, DateTimeOffset.MinValue, 3);
            await Task.WhenAll(
                _one.TrimAsync(session.Key, retention, default).AsTask(),
                _other.TrimAsync(session.Key, retention, default).AsTask(),
                session.AppendManyAsync("y", 5));
        }

        Assert.Equal([19, 18, 17], await session.HistoryAsync("large", limit: 3));
        var page = await session.ReadLogAsync(session.Revision - 10);
        Assert.Equal(Enumerable.Range((int)session.Revision - 9, 10), page.Commits.Select(commit => (int)commit.LastRevision));
    }

    /// <summary>The session's writer after a commit that another of its name may have made.</summary>
    private static ScriptedSession Following(ISessionStore store, SessionKey key, Commit commit) =>
        new(store, key, commit.LastRevision, commit.Number);

    private async Task EventuallyAsync(string sql, object expected)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!expected.Equals(await SharedPostgres.QueryAsync(_options, sql)))
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }
}
