using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

/// <summary>The log's index, which follows the log at some distance.</summary>
public sealed class SqliteLogIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whoever_reads_while_commits_are_entered_misses_none_of_them()
    {
        await using var store = SqliteStore.Open(_folder.Path, SqliteSchema.Steps, tailGeneration: 8);
        var sessions = Enumerable.Range(0, 12).Select(n => new ScriptedSession(store, $"s{n}")).ToList();
        var written = Task.WhenAll(sessions.Select(session => Task.Run(() => session.AppendManyAsync("x", 300))));
        await Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            while (!written.IsCompleted)
            {
                var stored = session.Revision;
                if (stored > 0)
                {
                    var page = await session.ReadLogAsync(0);
                    Assert.Equal(Enumerable.Range(1, page.Commits.Count).Select(n => (long)n), page.Commits.Select(commit => commit.LastRevision));
                    Assert.InRange(page.Commits.Count, stored, 300);
                    Assert.Equal(page.Commits.Count, page.LastRevision);
                    Assert.InRange((await session.LoadAsync()).CommitsAfter.Count, stored, 300);
                }
            }
        })));
        await written;
        Assert.All(sessions, session => Assert.Equal(300, session.Revision));
    }

    /// <summary>Deaths at any moment, among appends of many sessions, rollbacks, checkpoints and trims.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(3, 40)]
    public async Task After_each_death_all_that_was_answered_for_is_there_and_in_the_index(int seed, int generation)
    {
        var random = new Random(seed);
        var lives = 0;
        var store = SqliteStore.Open(_folder.File("0"), SqliteSchema.Steps, generation);
        var sessions = Enumerable.Range(0, 7).Select(n => new ScriptedSession(store, $"s{n}")).ToArray();
        for (var step = 0; step < 600; step++)
        {
            var session = sessions[random.Next(sessions.Length)];
            switch (random.Next(20))
            {
                case 0:
                    lives++;
                    Directory.CreateDirectory(_folder.File($"{lives}"));
                    foreach (var file in (string[])["snakepit.db", "snakepit.db-wal"])
                    {
                        File.Copy(Path.Combine(_folder.File($"{lives - 1}"), file), Path.Combine(_folder.File($"{lives}"), file));
                    }

                    await store.DisposeAsync();
                    store = SqliteStore.Open(_folder.File($"{lives}"), SqliteSchema.Steps, generation);
                    Assert.Equal(0, await store.Writer.RunAsync(writes => writes.Connection.Number(
                        "SELECT count(*) FROM (SELECT session, last_revision, number, seq FROM log EXCEPT SELECT * FROM log_index)")));
                    var ends = await store.ReadEndsAsync([.. sessions.Select(one => one.Key)], default);
                    Assert.Equal(sessions.Select(one => one.Number), ends.Select(end => end?.CommitNumber ?? 0));
                    sessions = [.. sessions.Select(one => new ScriptedSession(store, one.Key, one.Revision, one.Number))];
                    break;
                case 1:
                    await Assert.ThrowsAsync<StoreException>(() => store.Writer.RunAsync(writes =>
                    {
                        writes.Log.Enter(session.Key);
                        throw new InvalidOperationException("the transaction ends here");
                    }));
                    break;
                case 2 when session.Number > 0:
                    await session.CheckpointAsync();
                    break;
                case 3:
                    await session.TrimAsync(maxChanges: 5, historyLimit: 1);
                    break;
                default:
                    var commit = random.Next(4) == 0 && session.Number > 0 ? session.NextTools("t") : session.Next("x");
                    Assert.Equal(AppendResult.Stored, await session.AppendAsync(commit));
                    break;
            }
        }

        await store.DisposeAsync();
        Assert.InRange(lives, 10, 60);
    }

    [Fact]
    public async Task Most_of_a_session_are_entered_whatever_the_others_do()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        await new ScriptedSession(store).AppendManyAsync("x", 200);
        Assert.InRange(await IndexedAsync(store), 200 - 64, 200);
    }

    [Fact]
    public async Task Many_sessions_commits_are_entered_many_at_once()
    {
        await using var store = SqliteStore.Open(_folder.Path, SqliteSchema.Steps, tailGeneration: 100);
        var sessions = Enumerable.Range(0, 100).Select(n => new ScriptedSession(store, $"s{n}")).ToList();
        List<long> indexed = [];
        foreach (var session in Enumerable.Repeat(sessions, 4).SelectMany(all => all))
        {
            await session.AppendAsync("x");
            indexed.Add(await IndexedAsync(store));
        }

        Assert.InRange(indexed[^1], 150, 300);
        Assert.InRange(indexed.Distinct().Count(), 2, 6);
    }

    [Fact]
    public async Task No_new_row_counts_as_entered_because_another_of_its_number_was()
    {
        Checkpoint checkpoint;
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            var session = new ScriptedSession(store);
            await session.AppendAsync("x");
            await session.AppendAsync(session.NextTools("add"));
            checkpoint = session.Checkpoint();
        }

        // The newest row goes: a commit without a change, which the checkpoint includes.
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            await store.CheckpointAsync(new SessionKey("", "s"), checkpoint);
        }

        using var copy = new TemporaryFolder();
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            var session = new ScriptedSession(store, new SessionKey("", "s"), startRevision: 1, startNumber: 2);
            Assert.Equal(AppendResult.Stored, await session.AppendAsync("x"));

            // What the death of the process would leave.
            File.Copy(_folder.File("snakepit.db"), copy.File("snakepit.db"));
            File.Copy(_folder.File("snakepit.db-wal"), copy.File("snakepit.db-wal"));
        }

        await using var reopened = SqliteStore.Open(copy.Path);
        Assert.Equal(3, Assert.Single((await reopened.LoadAsync(new SessionKey("", "s"), default)).CommitsAfter).Number);
    }

    [Fact]
    public async Task What_was_rolled_back_is_not_read_and_can_be_written_again()
    {
        await using var store = SqliteStore.Open(_folder.Path, SqliteSchema.Steps, tailGeneration: 4);
        var session = new ScriptedSession(store);
        await session.AppendManyAsync("x", 3);
        using var next = new RentedCommit(session.Next("x"));
        await Assert.ThrowsAsync<StoreException>(() => store.Writer.RunAsync(writes =>
        {
            Assert.Equal(AppendResult.Stored, writes.Sessions.Append(session.Key, next));
            throw new InvalidOperationException("the transaction ends here");
        }));
        Assert.Equal(3, (await session.ReadLogAsync(0)).LastRevision);
        await session.AppendManyAsync("x", 7);
        Assert.Equal(10, (await session.ReadLogAsync(0)).Commits.Count);
    }

    [Fact]
    public async Task Most_of_a_session_are_entered_though_entering_them_has_failed()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        var session = new ScriptedSession(store);
        for (var n = 0; n < 10; n++)
        {
            await session.AppendManyAsync("x", 60);
            await Assert.ThrowsAsync<StoreException>(() => store.Writer.RunAsync(writes =>
            {
                writes.Log.Enter(session.Key);
                throw new InvalidOperationException("the transaction ends here");
            }));
        }

        Assert.InRange(await IndexedAsync(store), 600 - 64, 600);
    }

    [Fact]
    public async Task A_raise_is_in_the_index_though_the_newest_rows_have_gone_before_it()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        var (first, last) = (new ScriptedSession(store, "first"), new ScriptedSession(store, "last"));
        await first.AppendAsync("x");
        await last.AppendManyAsync("x", 5);
        await store.RaiseRevisionsAsync(new RevisionRaise(ScriptedSession.Start.AddDays(1), ScriptedSession.Start));
        var end = (await store.ReadEndsAsync([last.Key], default))[0]!;
        Assert.Equal(AppendResult.Stored, await store.DeleteAsync(last.Key, end.CommitNumber, end.Revision));
        while (await store.Writer.RunAsync(writes => writes.Removals.RemoveEnded()))
        {
        }

        var raised = await store.RaiseRevisionsAsync(new RevisionRaise(ScriptedSession.Start.AddDays(2), ScriptedSession.Start));
        Assert.Equal(raised.Revision, (await store.ReadEndsAsync([first.Key], default))[0]!.Revision);
        Assert.Equal(3, await IndexedAsync(store));
    }

    [Fact]
    public async Task What_an_import_has_entered_the_next_start_does_not_look_through()
    {
        await using var source = SqliteStore.Open(_folder.File("source"));
        await new ScriptedSession(source, "imported").AppendManyAsync("x", 5_000);
        var records = await source.ExportAsync(default).Where(record => record.Session is not null || record.Commit is not null).ToListAsync();

        await using var store = SqliteStore.Open(_folder.File("target"));
        await new ScriptedSession(store).AppendAsync("x");
        await store.ImportAsync(records, default);
        await new ScriptedSession(store, "next").AppendAsync("x");
        Assert.InRange(await store.Writer.RunAsync(writes => writes.Connection.Number("SELECT value FROM meta WHERE name = 'log_entered'")), 5_001, 5_002);
    }

    [Fact]
    public async Task A_session_that_is_made_while_it_is_looked_for_has_its_first_commit_or_is_not_there()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        var key = new SessionKey("", "s");
        using var end = new CancellationTokenSource();
        var readings = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var loaded = await store.LoadAsync(key, default);
                Assert.Equal(loaded.Exists, loaded.CommitsAfter.Count > 0);
            }
        })).ToList();
        for (var (n, revision) = (0, 0L); n < 1_500; n++)
        {
            var session = new ScriptedSession(store, key, revision);
            Assert.Equal(AppendResult.Stored, await session.AppendAsync("x"));
            Assert.Equal(AppendResult.Stored, await store.DeleteAsync(key, session.Number, session.Revision));
            revision = session.Revision;
        }

        end.Cancel();
        await Task.WhenAll(readings);
    }

    [Fact]
    public async Task An_export_holds_no_log_in_memory()
    {
        await using var store = SqliteStore.Open(_folder.Path);
        using var connection = ArchiveReads.Open(SqliteFile.In(_folder.Path));
        connection.Execute(ArchiveReads.Recent);
        using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("$key", 1L);
        foreach (var sql in ArchiveReads.Session.Split("; "))
        {
            command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
            using var plan = command.ExecuteReader();
            while (plan.Read())
            {
                Assert.DoesNotContain("TEMP B-TREE", plan.GetString(3));
            }
        }
    }

    private static Task<long> IndexedAsync(SqliteStore store) =>
        store.Writer.RunAsync(writes => writes.Connection.Number("SELECT count(*) FROM log_index"));
}
