using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Memory;
using Snakepit.Storage.Postgres;
using Snakepit.Storage.Sqlite;
using static Snakepit.Tests.Storage.Answers;

namespace Snakepit.Tests.Storage;

/// <summary>The memory store is plain enough to be the model of the others: whatever is done, all answer alike.</summary>
public abstract class StoresAgreeTests : IAsyncLifetime
{
    private readonly MemoryStore _model = new();
    private ISessionStore? _opened;

    private ISessionStore Store => _opened!;

    public async ValueTask InitializeAsync() => _opened = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (_opened is not null)
        {
            await _opened.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the same store each time.</summary>
    protected abstract ValueTask<ISessionStore> OpenAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_is_done_theStores_answer_alike(int seed)
    {
        var random = new Random(seed);
        var key = new SessionKey("", "s");
        var session = new ScriptedSession(_model);
        for (var step = 0; step < 250; step++)
        {
            switch (random.Next(20))
            {
                case < 10:
                    var variables = Enumerable.Range(0, random.Next(4)).Select(i => $"v{(random.Next(5) * 4) + i}");
                    await AppendAsync(session.Next([.. variables]));
                    break;
                case < 12:
                    await AppendAsync(session.NextLarge($"v{random.Next(20)}", ScriptedSession.Large(70_000, (byte)step)));
                    break;
                case 12 when session.Variables.Values.Select(v => v.LargeValue).FirstOrDefault(large => large != 0) is var large and not 0:
                    await AppendAsync(session.NextReferring($"v{random.Next(20)}", large));
                    break;
                case 13 when session.Variables.Count > 0:
                    await AppendAsync(session.NextDeletion(session.Variables.Keys.ElementAt(random.Next(session.Variables.Count))));
                    break;
                case 14 or 15:
                    await _model.CheckpointAsync(key, session.Checkpoint());
                    await Store.CheckpointAsync(key, session.Checkpoint());
                    break;
                case 16 or 17:
                    var retention = new Retention(
                        session.Revision - random.Next(40), ScriptedSession.Start.AddSeconds(step - random.Next(100)), random.Next(6));
                    Assert.Equal(await _model.TrimAsync(key, retention, default), await Store.TrimAsync(key, retention, default));
                    break;
                case 18 when random.Next(8) == 0:
                    Assert.Equal(await _model.DeleteAsync(key, session.Number, session.Revision), await Store.DeleteAsync(key, session.Number, session.Revision));
                    session = new ScriptedSession(_model, key, (await _model.LoadAsync(key, default)).Revision);
                    break;
                case 18:
                    await AppendAsync(session.NextTools([.. Enumerable.Range(0, random.Next(3)).Select(i => $"t{i}")]));
                    break;
                case 19 when random.Next(4) == 0:
                    await Store.DisposeAsync();
                    _opened = await OpenAsync();
                    break;
            }

            session.Time = ScriptedSession.Start.AddSeconds(step);
            await AssertAlikeAsync(session, random);
        }

        async Task AppendAsync(Commit commit)
        {
            Assert.Equal(AppendResult.Stored, await Store.AppendAsync(key, commit));
            Assert.Equal(AppendResult.Stored, await session.AppendAsync(commit));
        }
    }

    private async Task AssertAlikeAsync(ScriptedSession session, Random random)
    {
        var expected = await _model.LoadAsync(session.Key, default);
        var actual = await Store.LoadAsync(session.Key, default);
        Assert.Equal(Plain(expected), Plain(actual));
        Assert.Equal(_model.Count, Store.Count);

        var after = random.NextInt64(session.Revision + 2);
        var maxBytes = random.Next(300_000);
        var page = await _model.ReadLogAsync(session.Key, after, maxBytes, default);
        var same = await Store.ReadLogAsync(session.Key, after, maxBytes, default);
        Assert.Equal((page?.Floor, page?.LastRevision), (same?.Floor, same?.LastRevision));
        Assert.Equal(Plain(page?.Commits), Plain(same?.Commits));

        Assert.Equal(
            await _model.MeasureLogAsync(session.Key, maxBytes, default),
            await Store.MeasureLogAsync(session.Key, maxBytes, default));

        var newest = random.NextInt64(session.Revision + 2);
        Assert.Equal(
            await _model.ReadChainAsync(session.Key, newest, 10, default),
            await Store.ReadChainAsync(session.Key, newest, 10, default));
    }
}

public class SqliteAgreesTests : StoresAgreeTests
{
    private readonly TemporaryFolder _folder = new();

    private protected virtual int TailGeneration => LogTail.Generation;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override ValueTask<ISessionStore> OpenAsync() =>
        new(SqliteStore.Open(_folder.Path, SqliteSchema.Steps, TailGeneration));
}

/// <summary>With commits on their way into the log's index at all times.</summary>
public sealed class SqliteShortTailAgreesTests : SqliteAgreesTests
{
    private protected override int TailGeneration => 3;
}

public sealed class PostgresAgreesTests(SharedPostgres postgres) : StoresAgreeTests
{
    private PostgresOptions? _options;

    protected override async ValueTask<ISessionStore> OpenAsync() =>
        await SharedPostgres.OpenAsync(_options ??= await postgres.NewSchemaAsync());
}
