using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

/// <summary>What every store must do. Each store has one subclass that opens an empty one.</summary>
public abstract partial class StoreCompliance : IAsyncLifetime
{
    protected ISessionStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask<ISessionStore> OpenAsync();

    private static SessionKey Key(string id, string tenant = "") => new(tenant, id);
}
