namespace Snakepit.Bench;

/// <summary>
/// The limit: Kestrel alone, which reads the request and answers as many bytes as the sidecar does, or pushes
/// ready-made frames into streams.
/// </summary>
internal sealed class BareContender(string program, AnswerSizes sizes) : Contender("bare Kestrel", new BareDialect(sizes))
{
    public override async Task<MeasuredServer> StartAsync() =>
        new([("server", await ServerProcess.StartAsync(program, []))], static () => ValueTask.CompletedTask);

    /// <summary>The same requests as the bridge's, under paths that say how many bytes come back.</summary>
    private sealed class BareDialect(AnswerSizes sizes) : Dialect
    {
        private readonly BridgeDialect _bridge = new();

        public override UnaryCall? Call(Operation operation, int variables) =>
            _bridge.Call(operation, variables) is { } call ? call with { Path = $"/answer/{sizes.Of(operation)}" } : null;

        public override WatchCall Watch() => _bridge.Watch() with { Path = $"/push/{sizes.Update}", Snapshot = 1 };

        public override UnaryCall WatchedSet() => Call(Operation.Set, 1)! with { Path = $"/publish/{sizes.Set}" };
    }
}
