using System.Globalization;
using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

/// <summary>What the console asks through the admin port is judged as every other call.</summary>
public sealed class WebAccessTests : IAsyncLifetime
{
    private ClosedServer _server = null!;
    private SessionClient _session = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ClosedServer.StartAsync(
            new AccessFixture().With("owner", "read write administer").With("reader", "read").With("stranger", "read write", tenant: "elsewhere"),
            new ServerSettings { HasAdmin = true });
        _session = _server.As("owner").NewSession();
        await _session.InitializeAsync();
        await _session.RegisterAsync("x", 1);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(null, RpcCode.Unauthenticated)]
    [InlineData("stranger", RpcCode.NotFound)]
    [InlineData("reader", RpcCode.Ok)]
    public Task A_variable_is_read_by_who_may(string? principal, RpcCode expected) =>
        AnswersAsync(expected, principal, "/snakepit.bridge.BridgeService/GetVariable", new GetVariableRequest { SessionId = _session.Id, VariableIdentifier = "x" });

    [Theory]
    [InlineData("reader", RpcCode.PermissionDenied)]
    [InlineData("owner", RpcCode.Ok)]
    public Task Who_watches_is_told_to_who_administers(string principal, RpcCode expected) =>
        AnswersAsync(expected, principal, "/snakepit.sessions.v1.Sessions/ListWatchers", new ListWatchersRequest { SessionId = _session.Id });

    [Theory]
    [InlineData("stranger", RpcCode.NotFound)]
    [InlineData("reader", RpcCode.Ok)]
    public Task A_session_is_described_to_its_tenant(string principal, RpcCode expected) =>
        AnswersAsync(expected, principal, "/snakepit.sessions.v1.Sessions/DescribeSession", new DescribeSessionRequest { SessionId = _session.Id });

    [Fact]
    public async Task How_much_there_is_in_a_server_is_told_to_who_administers_all_of_it()
    {
        Assert.True((await DescribeAsync("owner")).ActiveSessionCount > 0);
        var told = await DescribeAsync("reader");
        Assert.Equal(0, told.ActiveSessionCount);
        Assert.NotEmpty(told.Version);
    }

    private async Task<DescribeServerResponse> DescribeAsync(string principal) =>
        await _server.As(principal).CallAsync<DescribeServerResponse>(
            BridgeClient.SessionsService, "DescribeServer", new DescribeServerRequest());

    private async Task AnswersAsync(RpcCode expected, string? principal, string path, IMessage request)
    {
        using var web = new WebClient(_server.Server, principal is null ? null : AccessFixture.TokenOf(principal));
        var (status, words, _) = await web.AskAsync(path, request);
        Assert.Equal(((int)expected).ToString(CultureInfo.InvariantCulture), status);
        Assert.DoesNotContain("\n", words, StringComparison.Ordinal);
    }
}
