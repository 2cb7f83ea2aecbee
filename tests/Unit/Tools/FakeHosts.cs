using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Snakepit.Bridge.Tools;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Tools;

namespace Snakepit.Tests.Unit.Tools;

/// <summary>Hosts that do what a test says.</summary>
internal sealed class FakeHosts : IToolHosts
{
    private readonly List<FakeHost> _hosts = [];

    public IReadOnlyList<IToolHost> Unregistered(string tenant) => [.. _hosts.Where(host => host.TakesUnregistered)];

    public ValueTask LookAgainAsync(CancellationToken cancellation) => default;

    public FakeHost Add(string id, Func<ToolCall, CancellationToken, Task<ExecuteToolResponse>>? run = null)
    {
        var host = new FakeHost(id, run ?? ((_, _) => Task.FromResult(new ExecuteToolResponse { Success = true })));
        _hosts.Add(host);
        return host;
    }

    public bool TryFind(string tenant, string hostId, [MaybeNullWhen(false)] out IToolHost host)
    {
        host = _hosts.Find(known => known.Identity.Id == hostId);
        return host is not null;
    }

    public IReadOnlyCollection<WorkerStatus> Describe(string tenant) => [];
}

internal sealed class FakeHost(string id, Func<ToolCall, CancellationToken, Task<ExecuteToolResponse>> run) : IToolHost
{
    public ToolHost Identity { get; } = new() { Id = id };

    public bool IsAvailable { get; set; } = true;

    public bool TakesUnregistered { get; set; }

    public int Calls { get; private set; }

    public Func<CancellationToken, IAsyncEnumerable<ToolChunk>> Chunks { get; set; } = _ => AsyncEnumerable.Empty<ToolChunk>();

    public async ValueTask<ExecuteToolResponse> ExecuteAsync(ToolCall call, CancellationToken cancellation)
    {
        Calls++;
        return await run(call, cancellation);
    }

    public async IAsyncEnumerable<ToolChunk> StreamAsync(
        ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Calls++;
        await foreach (var chunk in Chunks(cancellation))
        {
            yield return chunk;
        }
    }
}
