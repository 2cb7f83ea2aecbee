using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Access;

public sealed class AuditTests : IAsyncLifetime
{
    private ClosedServer _server = null!;
    private SessionClient _hers = null!;
    private SessionClient _his = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ClosedServer.StartAsync(new AccessFixture()
            .With("alice", "read write").With("bob", "read write").With("ops", "administer"));
        _hers = _server.As("alice").Session("s");
        _his = _server.As("bob").Session("s");
        await _hers.InitializeAsync();
        await _hers.RegisterAsync("x", 1);
        var set = _his.Setting("x", Json.Integer(2));
        set.Metadata.Add("changed_by", "alice");
        await _his.SetAsync(set);
        await _hers.RegisterAsync("y", 1);
        await _his.DeleteAsync("y");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_change_says_who_made_it_whatever_its_client_says()
    {
        var audit = await ReadAsync(new ReadAuditRequest());
        Assert.Equal(
            [
                (1, "x", "registered", 0, "alice", "", "elixir"),
                (2, "x", "value_change", 1, "bob", "alice", "elixir"),
                (3, "y", "registered", 0, "alice", "", "elixir"),
                (4, "y", "deleted", 0, "bob", "", "elixir"),
            ],
            audit.Entries.Select(entry => (
                (int)(entry.Revision - audit.Floor), entry.VariableName, entry.UpdateType, entry.Version, entry.Principal, entry.ChangedBy, entry.Source)));
        Assert.All(audit.Entries, entry => Assert.NotEqual(0, entry.Time.Seconds));
    }

    [Fact]
    public async Task Commands_of_two_principals_that_came_together_keep_apart()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => (n % 2 == 0 ? _hers : _his).RegisterAsync($"{(n % 2 == 0 ? "alice" : "bob")}-{n}")));
        var audit = await ReadAsync(new ReadAuditRequest { PageSize = 1_000 });
        Assert.Equal(44, audit.Entries.Count);
        Assert.All(audit.Entries.Skip(4), entry => Assert.StartsWith(entry.Principal, entry.VariableName, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_comes_in_pages_and_can_be_narrowed()
    {
        var first = await ReadAsync(new ReadAuditRequest { PageSize = 3 });
        var second = await ReadAsync(new ReadAuditRequest { PageSize = 3, AfterRevision = first.NextAfterRevision });
        Assert.Equal((3, 1, 0), (first.Entries.Count, second.Entries.Count, second.NextAfterRevision));
        var all = first.Entries.Concat(second.Entries).ToList();
        Assert.Equal(all.Select(entry => entry.Revision).Order(), all.Select(entry => entry.Revision));

        Assert.Equal(all.Skip(2), (await ReadAsync(new ReadAuditRequest { VariableIdentifier = "y" })).Entries);
        Assert.Equal(all.Skip(1), (await ReadAsync(new ReadAuditRequest { Since = all[1].Time })).Entries);
        Assert.Empty((await ReadAsync(new ReadAuditRequest { Since = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(1)) })).Entries);
    }

    [Fact]
    public async Task It_outlives_a_restart()
    {
        var before = await ReadAsync(new ReadAuditRequest());
        await _server.Server.RestartAsync();
        Assert.Equal(before, await ReadAsync(new ReadAuditRequest()));
    }

    [Fact]
    public async Task Who_does_not_administer_may_not_read_it()
    {
        await ReadAsync(new ReadAuditRequest(), "alice")
            .RefusedExactlyAsync(RpcCode.PermissionDenied, "alice does not have the right administer on session s");
        await _server.As("ops").CallAsync<ReadAuditResponse>(
            BridgeClient.SessionsService, "ReadAudit", new ReadAuditRequest { SessionId = "none" })
            .RefusedExactlyAsync(RpcCode.NotFound, "Session not found: none");
    }

    private Task<ReadAuditResponse> ReadAsync(ReadAuditRequest request, string principal = "ops")
    {
        request.SessionId = "s";
        return _server.As(principal).CallAsync<ReadAuditResponse>(BridgeClient.SessionsService, "ReadAudit", request);
    }
}
