using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Tests.Contract.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Tools;

/// <summary>Calls of tools that a client serves by its stream.</summary>
public sealed class AttachedCallTests(SharedServer server)
{
    [Fact]
    public async Task A_call_goes_down_the_hosts_stream_and_its_answer_comes_back()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "add");
        var request = session.Call("add", ("a", Json.Integer(1)));
        request.Metadata.Add("correlation_id", "abc");
        request.Metadata.Add("mine", "kept");
        request.BinaryParameters.Add("raw", ByteString.CopyFrom(0, 255));
        var answer = session.ExecuteAsync(request);

        var call = await host.NextCallAsync();
        Assert.Equal(request, call.Request);
        Assert.False(call.Streaming);
        Assert.InRange(call.TimeoutMs, 50_000, 60_000);
        await host.AnswerAsync(call, "3");

        var response = await answer;
        Assert.True(response.Success);
        Assert.Equal("3", response.Result.Text());
        Assert.Equal("local", response.Metadata["tool_type"]);
        Assert.Equal(host.Id, response.Metadata["worker_id"]);
        Assert.Equal("abc", response.Metadata["correlation_id"]);
        Assert.True(long.Parse(response.Metadata["execution_time_ms"]) >= 0);
    }

    [Fact]
    public async Task The_callers_trace_and_name_for_its_call_reach_the_host_with_the_request()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "add");
        var headers = new Dictionary<string, string>
        {
            ["traceparent"] = $"00-{Trace}-b7ad6b7169203331-01",
            ["tracestate"] = "vendor=1",
            ["x-snakepit-correlation-id"] = "job-7",
        };
        var answer = server.Client.Channel.CallAsync(
            "/snakepit.bridge.BridgeService/ExecuteTool",
            session.Call("add"),
            ExecuteToolResponse.Parser,
            new RpcCallOptions { Headers = headers });
        var call = await host.NextCallAsync();
        Assert.StartsWith($"00-{Trace}-", call.Request.Metadata["traceparent"], StringComparison.Ordinal);
        Assert.Equal("vendor=1", call.Request.Metadata["tracestate"]);
        Assert.Equal("job-7", call.Request.Metadata["correlation_id"]);
        await host.AnswerAsync(call);
        Assert.True((await answer).Success);
    }

    [Fact]
    public async Task A_tools_own_failure_comes_as_it_is()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "fail");
        var answer = session.ExecuteAsync("fail");
        await host.AnswerAsync((await host.NextCallAsync()).CallId, new ExecuteToolResponse { ErrorMessage = "divided by zero" });

        var response = await answer;
        Assert.False(response.Success);
        Assert.Equal("divided by zero", response.ErrorMessage);
    }

    [Fact]
    public async Task A_call_that_the_host_ends_with_a_status_tells_it()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "fail");
        var answer = session.ExecuteAsync("fail");
        await host.EndAsync(await host.NextCallAsync(), RpcCode.PermissionDenied, "not for you");

        Assert.Equal("PERMISSION_DENIED: not for you", (await answer).ErrorMessage);
    }

    [Fact]
    public async Task A_host_lost_in_mid_call_fails_the_call_at_once_and_keeps_its_tools()
    {
        var session = await NewSessionAsync();
        var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "slow");
        var answer = session.ExecuteAsync("slow");
        await host.NextCallAsync();
        await host.DisposeAsync();

        var response = await answer;
        Assert.False(response.Success);
        Assert.StartsWith("UNAVAILABLE: ", response.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("slow", Assert.Single(await session.ToolsAsync()).Spec.Name);
        var unreachable = await session.ExecuteAsync("slow");
        Assert.Equal($"UNAVAILABLE: no host of tool slow is reachable: {host.Id} is not connected", unreachable.ErrorMessage);
    }

    [Fact]
    public async Task A_host_that_attaches_again_serves_what_it_offered_before()
    {
        var session = await NewSessionAsync();
        var first = await AttachedClient.StartAsync(server.Client);
        await first.OfferAsync(session, "t");
        await first.DisposeAsync();
        await using var second = await AttachedClient.StartAsync(server.Client, first.Id);
        var answer = session.ExecuteAsync("t");
        await second.AnswerAsync(await second.NextCallAsync(), "1");

        Assert.True((await answer).Success);
    }

    [Fact]
    public async Task A_newer_stream_takes_the_place_of_the_older_whose_calls_fail()
    {
        var session = await NewSessionAsync();
        await using var older = await AttachedClient.StartAsync(server.Client);
        await older.OfferAsync(session, "t");
        var lost = session.ExecuteAsync("t");
        await older.NextCallAsync();
        await using var newer = await AttachedClient.StartAsync(server.Client, older.Id);

        Assert.StartsWith("UNAVAILABLE: ", (await lost).ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(RpcCode.Aborted, (await older.EndedAsync()).Code);
        var answer = session.ExecuteAsync("t");
        await newer.AnswerAsync(await newer.NextCallAsync());
        Assert.True((await answer).Success);
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_at_the_host()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "slow");
        using var caller = new CancellationTokenSource();
        var answer = server.Client.Channel.CallAsync(
            $"/{BridgeClient.BridgeService}/ExecuteTool", session.Call("slow"), ExecuteToolResponse.Parser, cancellation: caller.Token);
        var call = await host.NextCallAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        var cancelled = await host.NextAsync(ServerMessage.ContentOneofCase.Cancelled);
        Assert.Equal(call.CallId, cancelled.Cancelled.CallId);

        // What comes late is passed over.
        await host.AnswerAsync(call);
        await AnswersAsync(session, host, "slow");
    }

    [Fact]
    public async Task A_call_ends_at_the_deadline_that_its_metadata_say()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "slow");
        var request = session.Call("slow");
        request.Metadata.Add("timeout_ms", "2000");

        // Without a deadline of its own, which would win.
        var call = server.Client.Channel.CallAsync(
            $"/{BridgeClient.BridgeService}/ExecuteTool", request, ExecuteToolResponse.Parser);
        await call.RefusedExactlyAsync(RpcCode.DeadlineExceeded, "the tool did not answer within 2000 ms");
        Assert.InRange((await host.NextCallAsync()).TimeoutMs, 1, 2000);
        await host.NextAsync(ServerMessage.ContentOneofCase.Cancelled);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("soon")]
    public async Task A_timeout_that_is_none_is_refused(string timeout)
    {
        var session = await NewSessionAsync();
        var request = session.Call("t");
        request.Metadata.Add("timeout_ms", timeout);
        await server.Client.Channel
            .CallAsync($"/{BridgeClient.BridgeService}/ExecuteTool", request, ExecuteToolResponse.Parser)
            .RefusedAsync(RpcCode.InvalidArgument, $"got '{timeout}'");
    }

    [Fact]
    public async Task More_calls_than_a_host_wants_at_once_wait_their_turn()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client, maxConcurrentCalls: 1);
        await host.OfferAsync(session, "t");
        var first = session.ExecuteAsync("t");
        var call = await host.NextCallAsync();
        var second = session.ExecuteAsync("t");

        // Were the second call sent, it would come before the answer to this offer.
        await host.OfferAsync(session, "t");
        await host.AnswerAsync(call, "1");
        Assert.Equal("1", (await first).Result.Text());
        await host.AnswerAsync(await host.NextCallAsync(), "2");
        Assert.Equal("2", (await second).Result.Text());
    }

    [Fact]
    public async Task A_result_of_8_MiB_comes_whole()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "large");
        var answer = session.ExecuteAsync("large");
        var large = new ExecuteToolResponse { Success = true, Result = Json.LargeString(8 * 1024 * 1024) };
        await host.AnswerAsync((await host.NextCallAsync()).CallId, large);

        Assert.Equal(large.Result, (await answer).Result);
    }

    [Fact]
    public async Task A_session_cleaned_up_in_mid_call_does_not_end_the_call()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "t");
        var answer = session.ExecuteAsync("t");
        var call = await host.NextCallAsync();
        await session.CleanUpAsync();
        await host.AnswerAsync(call, "1");

        Assert.True((await answer).Success);
        Assert.Equal($"Session not found: {session.Id}", (await session.ExecuteAsync("t")).ErrorMessage);
    }

    [Fact]
    public async Task Two_hosts_of_a_tool_take_turns()
    {
        var session = await NewSessionAsync();
        await using var one = await AttachedClient.StartAsync(server.Client);
        await using var other = await AttachedClient.StartAsync(server.Client);
        await one.OfferAsync(session, "t");
        await other.OfferAsync(session, "t");
        var answers = Enumerable.Range(0, 4).Select(_ => session.ExecuteAsync("t")).ToList();
        foreach (var host in new[] { one, other, one, other })
        {
            await host.AnswerAsync(await host.NextCallAsync());
        }

        var workers = (await Task.WhenAll(answers)).Select(answer => answer.Metadata["worker_id"]).ToList();
        Assert.Equal(2, workers.Count(id => id == one.Id));
        Assert.Equal(2, workers.Count(id => id == other.Id));
    }

    [Fact]
    public async Task Nonsense_from_a_host_harms_no_other_call_of_it()
    {
        var session = await NewSessionAsync();
        await using var host = await AttachedClient.StartAsync(server.Client);
        await host.OfferAsync(session, "t", "other");
        var other = session.ExecuteAsync("other");
        var otherCall = await host.NextCallAsync();
        var broken = session.ExecuteAsync("t");
        var call = await host.NextCallAsync();
        var unknown = new Call { CallId = "no such call" };
        await host.AnswerAsync(unknown);
        await host.ChunkAsync(unknown, "c");
        await host.EndAsync(unknown, RpcCode.Internal);
        await host.ChunkAsync(call, "a chunk for a call that takes none");

        Assert.Equal($"INTERNAL: host {host.Id} answered a call for one result with chunks", (await broken).ErrorMessage);
        await host.NextAsync(ServerMessage.ContentOneofCase.Cancelled);
        await host.AnswerAsync(otherCall, "1");
        await host.AnswerAsync(otherCall, "2");
        Assert.Equal("1", (await other).Result.Text());
        await AnswersAsync(session, host, "t");
    }

    private static async Task AnswersAsync(SessionClient session, AttachedClient host, string tool)
    {
        var answer = session.ExecuteAsync(tool);
        await host.AnswerAsync(await host.NextCallAsync());
        Assert.True((await answer).Success);
    }

    private async Task<SessionClient> NewSessionAsync()
    {
        var session = server.NewSession();
        await session.InitializeAsync();
        return session;
    }
}
