namespace Snakepit.Bench.Scenarios;

/// <summary>
/// A load on a server that is warm: each contender's serves all rounds, and gets the same load for a while before the
/// first, as .NET compiles what is called often a second time, and that takes seconds where all cores are busy.
/// </summary>
internal abstract class LoadScenario(string name) : Scenario(name)
{
    /// <summary>How long a server is loaded before it is measured.</summary>
    private const int WarmUpSeconds = 8;

    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(WarmUpSeconds);

    private readonly Dictionary<Contender, MeasuredServer> _servers = [];

    public sealed override async Task<IReadOnlyList<Figure>> RunAsync(Contender contender, BenchOptions options)
    {
        if (!_servers.TryGetValue(contender, out var server))
        {
            server = await contender.StartAsync();
            _servers.Add(contender, server);
            await PrepareAsync(contender, server);
            await LoadAsync(contender, server, WarmUpSeconds);
        }

        return await LoadAsync(contender, server, options.Seconds);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        _servers.Clear();
        await base.DisposeAsync();
    }

    /// <summary>Lets what the load asks for be there.</summary>
    protected abstract Task PrepareAsync(Contender contender, MeasuredServer server);

    /// <summary>Loads the server for about so long.</summary>
    protected abstract Task<IReadOnlyList<Figure>> LoadAsync(Contender contender, MeasuredServer server, int seconds);
}
