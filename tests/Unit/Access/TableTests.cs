using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Tools;

namespace Snakepit.Tests.Unit.Access;

/// <summary>The whole method table of the product, as docs/security.md has it.</summary>
public sealed class TableTests
{
    [Fact]
    public void Every_method_says_what_it_asks_and_the_page_about_it_names_it()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "security.md"));
        foreach (var method in Methods())
        {
            Assert.NotNull(method.Access);
            Assert.True(
                page.Contains($"`{method.Name}`", StringComparison.Ordinal) || IsOfAGroup(method), $"{method.Path} is missing in docs/security.md");
        }
    }

    [Fact]
    public void Only_health_is_open() => Assert.Equal(
        ["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"],
        Methods().Where(method => method.Access!.Scope == AccessScope.Open).Select(method => method.Path).Order());

    [Fact]
    public void Only_these_ask_no_more_than_to_be_known() => Assert.Equal(
        [
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            "/snakepit.bridge.BridgeService/Ping",
            "/snakepit.sessions.v1.Sessions/DescribeServer",
        ],
        Methods().Where(method => method.Access!.Scope == AccessScope.Authenticated).Select(method => method.Path).Order());

    [Fact]
    public void Only_calls_of_tools_may_be_relayed() => Assert.Equal(
        ["ExecuteStreamingTool", "ExecuteTool"],
        Methods().Where(method => method.Access!.MayBeRelayed).Select(method => method.Name).Order());

    [Fact]
    public void Every_other_needs_rights_that_can_be_granted() => Assert.All(
        Methods().Where(method => method.Access!.Scope is not (AccessScope.Open or AccessScope.Authenticated)),
        method => Assert.True(method.Access!.Rights != Rights.None && (method.Access.Rights & ~Rights.All) == 0, method.Path));

    private static bool IsOfAGroup(RpcMethod method) => method.Service is "Calculator" or "grpc.health.v1.Health"
        || method.Service.StartsWith("grpc.reflection.", StringComparison.Ordinal);

    private static IReadOnlyCollection<RpcMethod> Methods()
    {
        var sessions = new FakeSessions();
        var (settings, time, loggers) = (ToolSettings.Default, TimeProvider.System, NullLoggerFactory.Instance);
        var events = new TelemetryHub(settings, time);
        var calculations = new Calculations(
            new Snakepit.Storage.Memory.MemoryStore().Calculations, new CalculatorLimits(), time, NullLogger<Calculations>.Instance);
        return ServiceTable.Of(
            sessions,
            new WatchHub(sessions, SessionLimits.Default, WatchSettings.Default, time, NullLogger<WatchHub>.Instance),
            new ToolHosts(settings, events, time, NullLogger<ToolHosts>.Instance),
            events,
            settings,
            calculations,
            new HealthStatus(),
            new NoDescription(),
            SessionLimits.Default,
            guard: null,
            time: time,
            loggers: loggers).Methods;
    }

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Snakepit.Orleans.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("these tests run in the source tree");
        }

        return folder;
    }
}
