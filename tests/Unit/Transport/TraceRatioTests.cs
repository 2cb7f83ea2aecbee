using System.Collections.Concurrent;
using System.Diagnostics;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>Which served calls have spans, where somebody listens.</summary>
[Collection(nameof(TraceRatioTests))]
public sealed class TraceRatioTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(1, null, 1)]
    [InlineData(0, Parent, 1)]
    [InlineData(0, "no parent at all", 0)]
    public async Task The_ratio_decides_for_calls_whose_callers_have_not(double ratio, string? parent, int spans)
    {
        // All servers of the process are heard: the correlation says whose call it was.
        var correlation = Guid.NewGuid().ToString();
        var seen = new ConcurrentBag<string?>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Snakepit.Transport",
            Sample = static (ref ActivityCreationOptions<ActivityContext> made) =>
                made.Kind == ActivityKind.Server ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = span => seen.Add(span.GetTagItem("snakepit.correlation_id") as string),
        };
        ActivitySource.AddActivityListener(listener);
        await using (var server = await EchoServer.StartAsync(new EchoServer.Settings { TraceRatio = ratio }, EchoServer.Echo()))
        {
            var headers = new Dictionary<string, string> { [RpcHeaders.Correlation] = correlation };
            if (parent is not null)
            {
                headers["traceparent"] = parent;
            }

            await server.CallAsync("x", new RpcCallOptions { Headers = headers });
        }

        Assert.Equal(spans, seen.Count(id => id == correlation));
    }
}
