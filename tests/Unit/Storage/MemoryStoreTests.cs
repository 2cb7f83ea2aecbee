using Snakepit.Storage;
using Snakepit.Storage.Memory;

namespace Snakepit.Tests.Storage;

public sealed class MemoryStoreTests : StoreCompliance
{
    protected override ValueTask<(ISessionStore Sessions, ICalculationStore Calculations)> OpenAsync()
    {
        var store = new MemoryStore();
        return new((store, store.Calculations));
    }
}
