using Snakepit.Storage;
using Snakepit.Storage.Memory;

namespace Snakepit.Tests.Storage;

public sealed class MemoryStoreTests : StoreCompliance
{
    protected override ValueTask<ISessionStore> OpenAsync() => new(new MemoryStore());
}

public sealed class MemoryCalculationTests : CalculationCompliance
{
    private readonly MemoryStore _store = new();

    public override ValueTask DisposeAsync() => _store.DisposeAsync();

    protected override ValueTask<ICalculationStore> OpenAsync() => new(_store.Calculations);
}
