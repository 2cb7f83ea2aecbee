using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Logging;

namespace Snakepit.Tests.Serving;

/// <summary>A line says which call it belongs to, as others know it.</summary>
public sealed class LogCauseTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";
    private const string Parent = $"00-{TraceId}-{SpanId}-01";
    private const string Correlation = "job-7\nforged";

    [Fact]
    public void A_line_of_JSON_has_the_ids_of_the_call_that_it_belongs_to()
    {
        var line = JsonDocument.Parse(Logged(LogFormat.Json, logger => InCall(Parent, Correlation, () => Say(logger)))).RootElement;
        Assert.Equal(TraceId, line.GetProperty("trace_id").GetString());
        Assert.Equal(SpanId, line.GetProperty("span_id").GetString());
        Assert.Equal(Correlation, line.GetProperty("correlation_id").GetString());
    }

    [Fact]
    public void Of_a_span_that_is_recorded_here_the_line_has_its_own_id()
    {
        using var source = new ActivitySource("Snakepit.Tests.Recorded");
        using var listener = new ActivityListener
        {
            ShouldListenTo = heard => heard == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        string? span = null;
        var line = JsonDocument.Parse(Logged(LogFormat.Json, logger => InCall(Parent, Correlation, () =>
        {
            using var recorded = source.StartActivity("recorded")!;
            span = recorded.SpanId.ToHexString();
            Say(logger);
        }))).RootElement;
        Assert.Equal((TraceId, span), (line.GetProperty("trace_id").GetString(), line.GetProperty("span_id").GetString()));
        Assert.Equal(Correlation, line.GetProperty("correlation_id").GetString());
    }

    [Fact]
    public void A_line_of_text_ends_with_the_ids_and_stays_one_line()
    {
        var text = Logged(LogFormat.Text, logger => InCall(Parent, Correlation, () => Say(logger)));
        Assert.Contains($"said (trace {TraceId}, correlation job-7", text, StringComparison.Ordinal);
        Assert.Single(text.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Of_a_call_that_is_in_no_trace_the_line_has_the_name_that_its_caller_gave_it()
    {
        Assert.EndsWith(
            "said (correlation job-8)",
            Logged(LogFormat.Text, logger => InCall(parent: null, "job-8", () => Say(logger))).TrimEnd(),
            StringComparison.Ordinal);
        var line = Logged(LogFormat.Json, logger => InCall(parent: null, "job-8", () => Say(logger)));
        Assert.Contains("\"correlation_id\":\"job-8\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("trace_id", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_of_which_nobody_knows_anything_and_no_call_at_all_add_nothing()
    {
        var text = Logged(LogFormat.Text, logger =>
        {
            Say(logger);
            InCall(parent: null, correlation: null, () => Say(logger));
        });

        Assert.Equal(2, text.TrimEnd().Split('\n').Count(line => line.EndsWith("said", StringComparison.Ordinal)));
    }

    private static void Say(ILogger logger) => logger.Log(LogLevel.Warning, default, "said", null, static (text, _) => text);

    private static void InCall(string? parent, string? correlation, Action act)
    {
        using var call = new Activity("call");
        if (parent is not null)
        {
            call.SetParentId(parent);
        }

        call.SetBaggage(RpcHeaders.Correlation, correlation);
        call.Start();
        act();
    }

    private static string Logged(LogFormat format, Action<ILogger> act)
    {
        using var log = new MemoryStream();
        using (var loggers = new LineLoggerFactory(new LogOutput(log), format, LogLevel.Information, TimeProvider.System))
        {
            act(loggers.CreateLogger("Snakepit.Test"));
        }

        return Encoding.UTF8.GetString(log.ToArray());
    }
}
