using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>What a caller says of its call goes on with what is called meanwhile, and into the log, where nobody records spans too.</summary>
[Collection(nameof(TraceRatioTests))]
public sealed class TraceContextTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task A_callers_trace_and_name_for_its_call_are_known_while_it_is_served()
    {
        await using var server = await StartAsync(new Settings { TraceRatio = 0 }, TellsItsContext());
        var told = await server.CallAsync("x", With(Parent, "job-7", state: "vendor=1"));
        Assert.Equal("job-7 traceparent=" + Parent + " tracestate=vendor=1", told.Value);
        Assert.Equal("none", (await server.CallAsync("x")).Value);
    }

    [Fact]
    public async Task A_name_alone_is_known_and_no_trace_is_made_up_for_it()
    {
        await using var server = await StartAsync(new Settings { TraceRatio = 0 }, TellsItsContext());
        Assert.Equal("job-8", (await server.CallAsync("x", With(parent: null, "job-8"))).Value);
        Assert.Equal("none", (await server.CallAsync("x", With("00-zz-zz-zz", new string('c', 257)))).Value);
    }

    [Fact]
    public async Task What_is_called_meanwhile_goes_on_with_the_callers_trace()
    {
        await using var behind = await StartAsync(new Settings { TraceRatio = 0 }, TellsItsContext());
        await using var server = await StartAsync(
            new Settings { TraceRatio = 0 },
            OnUnary(async (request, _) => await behind.CallAsync(request.Value)));
        Assert.Equal("none traceparent=" + Parent, (await server.CallAsync("x", With(Parent, correlation: null))).Value);
    }

    private static UnaryMethod<StringValue, StringValue> TellsItsContext() => OnUnary((_, _) =>
    {
        var metadata = new Dictionary<string, string>();
        TraceContext.AddTo(metadata);
        return new(new StringValue
        {
            Value = string.Join(' ', [TraceContext.CorrelationId ?? "none", .. metadata.Select(pair => $"{pair.Key}={pair.Value}")]),
        });
    });

    private static RpcCallOptions With(string? parent, string? correlation, string? state = null)
    {
        var headers = new Dictionary<string, string>();
        Add("traceparent", parent);
        Add("tracestate", state);
        Add(RpcHeaders.Correlation, correlation);
        return new RpcCallOptions { Headers = headers };

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers[name] = value;
            }
        }
    }
}
