using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Access;

public sealed class RefusalTests : ILogger<CallRefusals>
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _lines = [];

    [Fact]
    public async Task A_refused_call_is_told_of_and_never_reaches_its_handler()
    {
        var table = new Snakepit.Bridge.MethodTable(new CallGuard(new CallRefusals(_clock, this), new CallLimits(() => null, _clock)));
        var reached = 0;
        table.Add(Snakepit.Bridge.Handlers.BridgeService.Contract,
        [
            new UnaryMethod<GetSessionRequest, GetSessionResponse>("snakepit.bridge.BridgeService", "GetSession", GetSessionRequest.Parser, (_, _) =>
            {
                reached++;
                return new(new GetSessionResponse());
            })
            {
                Access = MethodAccess.OnSession<GetSessionRequest>(Rights.Read, static r => r.SessionId),
            },
        ]);
        const string Path = "/snakepit.bridge.BridgeService/GetSession";
        var bob = new FakeCall { As = new Principal("bob", "", [new Grant("his-*", Rights.Read)]) };
        var refused = await table.CallAsync<GetSessionRequest, GetSessionResponse>(Path, new GetSessionRequest { SessionId = "hers" }, bob);
        Assert.Equal(new RpcStatus(RpcCode.PermissionDenied, "bob does not have the right read on session hers"), refused.Status);
        Assert.Equal(
            [$"{Path} refused to 'bob' at ipv4:127.0.0.1:1 for session 'hers': bob does not have the right read on session hers"], _lines);
        Assert.Equal(0, reached);

        var longest = await table.CallAsync<GetSessionRequest, GetSessionResponse>(
            Path, new GetSessionRequest { SessionId = new string('x', 1_000_000) }, bob);
        Assert.InRange(longest.Status.Message.Length, 128, 256);

        Assert.True((await table.CallAsync<GetSessionRequest, GetSessionResponse>(Path, new GetSessionRequest { SessionId = "his-1" }, bob)).Status.IsOk);
        Assert.Equal(1, reached);
    }

    [Fact]
    public void A_flood_of_refusals_is_counted_rather_than_told()
    {
        var refusals = new CallRefusals(_clock, this);
        var method = new UnaryMethod<PingRequest, PingResponse>("s", "m", PingRequest.Parser, (_, _) => default);
        for (var i = 0; i < 1_000; i++)
        {
            refusals.Note(RefusalReason.Unauthenticated, method, "", "peer", "", "no");
        }

        Assert.Equal(20, _lines.Count);
        _clock.Advance(TimeSpan.FromSeconds(1));
        refusals.Note(RefusalReason.Unauthenticated, method, "", "peer", "", "no");
        Assert.Equal("980 more refused calls are not told of", _lines[20]);
        Assert.Equal(22, _lines.Count);
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add(formatter(state, exception));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
