namespace Snakepit.Storage.Sqlite;

/// <summary>
/// Something the writer does within a transaction that it may share with others. It may be run more than
/// once, each time after what it did before was rolled back.
/// </summary>
internal interface IWriteOperation
{
    /// <summary>Roughly how many bytes it writes.</summary>
    long Weight { get; }

    void Apply(SqliteWrites writes);

    /// <summary>What it did is durable.</summary>
    void Complete();

    void Fail(StoreException error);
}

/// <summary>
/// An operation is its own task: it ends when the transaction has, and never runs what waits for it on the
/// writer's thread.
/// </summary>
internal sealed class WriteOperation<T>(Func<SqliteWrites, T> work, long weight)
    : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IWriteOperation
{
    private T? _answer;

    public long Weight => weight;

    public void Apply(SqliteWrites writes) => _answer = work(writes);

    public void Complete() => SetResult(_answer!);

    public void Fail(StoreException error) => SetException(error);
}
