using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

public sealed class InitializeSessionTests(SharedServer server)
{
    [Fact]
    public async Task Initializing_again_loses_nothing_and_answers_with_the_variables()
    {
        var session = server.NewSession();
        var first = await session.InitializeAsync();
        Assert.True(first.Success);
        Assert.Empty(first.InitialVariables);
        await session.RegisterAsync("x", 1);
        await session.SetAsync("x", 2);

        var second = await session.InitializeAsync();

        Assert.True(second.Success);
        var variable = Assert.Single(second.InitialVariables);
        Assert.Equal("x", variable.Key);
        Assert.Equal("2", variable.Value.Text());
        Assert.Equal(1, variable.Value.Version);
        Assert.Empty(second.AvailableTools);
    }

    [Fact]
    public async Task The_first_metadata_stay()
    {
        var session = server.NewSession();
        await session.InitializeAsync(new() { ["owner"] = "first", ["only"] = "here" });
        await session.InitializeAsync(new() { ["owner"] = "second", ["more"] = "there" });

        var described = await session.DescribeAsync();

        Assert.Equal(new Dictionary<string, string> { ["owner"] = "first", ["only"] = "here" }, described.Metadata);
    }

    [Fact]
    public async Task The_first_configuration_stays()
    {
        var session = server.NewSession();
        await session.InitializeAsync(ttlSeconds: 100);
        await session.InitializeAsync(ttlSeconds: 9_000);

        var described = await session.DescribeAsync();

        var left = described.ExpiresAt.ToDateTimeOffset() - DateTimeOffset.UtcNow;
        Assert.InRange(left.TotalSeconds, 60, 101);
    }

    [Fact]
    public async Task Many_callers_at_once_make_one_session()
    {
        var session = server.NewSession();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
            session.InitializeAsync(new() { ["caller"] = $"{n}" })));

        Assert.All(answers, answer => Assert.True(answer.Success));
        var described = await session.DescribeAsync();
        Assert.Single(described.Metadata);
    }

    [Fact]
    public async Task An_id_of_256_bytes_is_the_longest()
    {
        var id = $"{Guid.NewGuid():N}".PadRight(254, 'x') + "é";
        Assert.True((await server.Client.Session(id).InitializeAsync()).Success);

        await server.Client.Session(id + "y").InitializeAsync()
            .RefusedAsync(RpcCode.InvalidArgument, "session_id has 257 bytes, the limit is 256");
    }

    [Theory]
    [InlineData("")]
    [InlineData("tab\there")]
    [InlineData("zero\0")]
    public async Task An_id_that_is_empty_or_has_control_characters_is_refused(string id) =>
        await server.Client.Session(id).InitializeAsync().RefusedAsync(RpcCode.InvalidArgument, "session_id");

    [Fact]
    public async Task A_negative_ttl_or_history_limit_is_refused_and_makes_no_session()
    {
        var session = server.NewSession();

        await session.InitializeAsync(ttlSeconds: -1).RefusedAsync(RpcCode.InvalidArgument, "ttl_seconds");
        await session.InitializeAsync(historyLimit: -1).RefusedAsync(RpcCode.InvalidArgument, "history_limit");

        Assert.False(await session.HeartbeatAsync());
    }

    [Fact]
    public async Task Metadata_above_the_limits_are_refused_with_the_limit()
    {
        var session = server.NewSession();
        var entries = Enumerable.Range(0, 65).ToDictionary(n => $"key{n}", _ => "");

        await session.InitializeAsync(entries)
            .RefusedAsync(RpcCode.ResourceExhausted, "metadata has 65 entries, the limit is 64");
        await session.InitializeAsync(new() { ["key"] = new string('x', 16 * 1024) })
            .RefusedAsync(RpcCode.ResourceExhausted, "metadata has 16387 bytes, the limit is 16384");
    }

    [Fact]
    public async Task Sessions_above_the_limit_are_refused_and_those_there_are_still_answer()
    {
        await using var small = await ServerUnderTest.StartNewAsync(new ServerSettings { MaxSessions = 2 });
        using var client = new BridgeClient(small.Address);
        var kept = client.NewSession();
        await kept.InitializeAsync();
        await client.NewSession().InitializeAsync();

        await client.NewSession().InitializeAsync().RefusedAsync(RpcCode.ResourceExhausted, "the limit is 2");
        await client.NewSession().RegisterAsync("x").RefusedAsync(RpcCode.ResourceExhausted, "the limit is 2");

        Assert.True((await kept.InitializeAsync()).Success);
        await kept.CleanUpAsync();
        Assert.True((await client.NewSession().InitializeAsync()).Success);
    }

    [Fact]
    public async Task Ping_answers_with_the_message_and_the_time()
    {
        var answer = await server.Client.BridgeAsync<PingResponse>("Ping", new PingRequest { Message = "connection_test" });

        Assert.Equal("pong: connection_test", answer.Message);
        Assert.InRange(answer.ServerTime.ToDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }
}
