using System.Collections.Concurrent;
using System.Diagnostics;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;
using Snakepit.Tests.Unit.Transport;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>Of calls that are followed, the time that the store took is in the trace of each, and of no other.</summary>
[Collection(nameof(TraceRatioTests))]
public sealed class StoreTracingTests : HostTests, IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public StoreTracingTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Snakepit.Storage",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Each_followed_call_of_a_group_has_a_span_of_the_commit_that_they_share()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var first = Followed("first");
        var leader = CallIn(first, "1");
        await append.Reached;
        var (second, third) = (Followed("second"), Followed("third", isRecorded: false));
        var others = new[] { CallIn(second, "2"), CallIn(third, "3"), CallAsync(Ask.Set("x", "4")) };
        append.Continue();
        await Task.WhenAll([leader, .. others]);

        Assert.Equal(["store append"], SpansOf(first));
        Assert.Equal(["store append"], SpansOf(second));
        Assert.Empty(SpansOf(third));
    }

    [Fact]
    public async Task What_the_loop_does_for_others_is_not_in_the_trace_of_who_started_it()
    {
        await OkAsync(Ask.Register("x"));
        var append = Store.StopBefore(StoreVerb.Append);
        var leader = CallIn(Followed("first"), "1");
        await append.Reached;
        Activity? seen = null;
        Store.Before(StoreVerb.Append, () => seen = Activity.Current);
        var other = CallAsync(Ask.Set("x", "2"));
        append.Continue();
        await Task.WhenAll(leader, other);
        Assert.Null(seen);
    }

    [Fact]
    public async Task A_store_that_fails_is_an_error_of_the_span_and_is_told_within_the_call()
    {
        await OkAsync(Ask.Register("x"));
        var call = Followed("call");
        Store.FailBefore(StoreVerb.Append, outcomeUnknown: false);
        Assert.Equal(RefusalKind.Unavailable, (await CallIn(call, "1")).Refusal!.Kind);
        var span = Assert.Single(_ended, span => span.ParentSpanId == call.SpanId);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(call, Assert.Single(FailedIn));
    }

    [Fact]
    public async Task A_session_that_is_loaded_for_a_call_is_in_its_trace()
    {
        await OkAsync(Ask.Register("x"));
        Crash();
        var call = Followed("call");
        await CallIn(call, "1");
        Assert.Equal(["store load", "store append"], SpansOf(call));
    }

    private static Activity Followed(string name, bool isRecorded = true) =>
        new(name) { ActivityTraceFlags = isRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None };

    private async Task<Outcome<Google.Protobuf.IMessage>> CallIn(Activity call, string value)
    {
        call.Start();
        return await CallAsync(Ask.Set("x", value));
    }

    private string[] SpansOf(Activity call) =>
        [.. _ended.Where(span => span.ParentSpanId == call.SpanId).OrderBy(span => span.StartTimeUtc).Select(span => span.OperationName)];
}
