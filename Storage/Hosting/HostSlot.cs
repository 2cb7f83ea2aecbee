namespace Snakepit.Storage.Hosting;

/// <summary>A session's place in the directory: its host, once loaded.</summary>
internal sealed class HostSlot
{
    private readonly Lock _gate = new();
    private volatile SessionHost? _host;

    // Gone with the loading: a task takes as much memory as the rest of the slot, and more.
    private Task<SessionHost>? _loading;

    public SessionHost? Host => _host;

    public Task<SessionHost> GetAsync(Func<Task<SessionHost>> load)
    {
        lock (_gate)
        {
            return _host is { } host ? Task.FromResult(host) : _loading ??= LoadAsync(load);
        }
    }

    private async Task<SessionHost> LoadAsync(Func<Task<SessionHost>> load)
    {
        // The lock of GetAsync must not be held while the store is asked.
        await Task.Yield();
        var host = await load().ConfigureAwait(false);
        lock (_gate)
        {
            _host = host;
            _loading = null;
        }

        return host;
    }
}
