using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

public class SqliteStoreTests : StoreCompliance
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

    private protected override async Task AssertLargeValuesAsync(ScriptedSession session, long[] revisions)
    {
        var kept = await ((SqliteStore)Store).Writer.RunAsync(writes => revisions.Sum(revision =>
            writes.Connection.Number($"SELECT count(DISTINCT revision) FROM large_values WHERE revision = {revision}")));
        Assert.Equal(revisions.Length, kept);
        var all = await ((SqliteStore)Store).Writer.RunAsync(writes =>
            writes.Connection.Number("SELECT count(DISTINCT revision) FROM large_values"));
        Assert.Equal(revisions.Length, all);
    }
}

/// <summary>With commits on their way into the log's index at all times.</summary>
public sealed class SqliteShortTailTests : SqliteStoreTests
{
    private protected override int TailGeneration => 3;
}

public sealed class SqliteCalculationTests : CalculationCompliance
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStore _store = null!;

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    protected override ValueTask<ICalculationStore> OpenAsync()
    {
        _store = SqliteStore.Open(_folder.Path);
        return new(_store.Calculations);
    }
}
