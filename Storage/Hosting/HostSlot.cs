namespace Snakepit.Storage.Hosting;

/// <summary>A session's place in the directory: its host, once loaded.</summary>
internal sealed class HostSlot
{
    private readonly Lock _gate = new();
    private volatile SessionHost? _host;
    private Task<SessionHost>? _loading;

    public SessionHost? Host => _host;

    public Task<SessionHost> GetAsync(Func<Task<SessionHost>> load)
    {
        lock (_gate)
        {
            return _loading ??= LoadAsync(load);
        }
    }

    private async Task<SessionHost> LoadAsync(Func<Task<SessionHost>> load)
    {
        // The lock of GetAsync must not be held while the store is asked.
        await Task.Yield();
        return _host = await load().ConfigureAwait(false);
    }
}
