using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Logging;

namespace Snakepit.Tests.Serving;

/// <summary>A line says which call it belongs to, where a trace of that is kept.</summary>
public sealed class LogCauseTests
{
    private const string Correlation = "job-7\nforged";

    [Fact]
    public void A_line_of_JSON_has_the_ids_of_the_call_that_it_belongs_to()
    {
        string? trace = null;
        string? span = null;
        var line = JsonDocument.Parse(Logged(LogFormat.Json, logger => InCall(isRecorded: true, call =>
        {
            (trace, span) = (call.TraceId.ToHexString(), call.SpanId.ToHexString());
            Say(logger);
        }))).RootElement;

        Assert.Equal(trace, line.GetProperty("trace_id").GetString());
        Assert.Equal(span, line.GetProperty("span_id").GetString());
        Assert.Equal(Correlation, line.GetProperty("correlation_id").GetString());
    }

    [Fact]
    public void A_line_of_text_ends_with_the_ids_and_stays_one_line()
    {
        string? trace = null;
        var text = Logged(LogFormat.Text, logger => InCall(isRecorded: true, call =>
        {
            trace = call.TraceId.ToHexString();
            Say(logger);
        }));

        Assert.Contains($"said (trace {trace}, correlation job-7", text, StringComparison.Ordinal);
        Assert.Single(text.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_call_that_is_not_recorded_and_no_call_at_all_add_nothing()
    {
        var text = Logged(LogFormat.Json, logger =>
        {
            Say(logger);
            InCall(isRecorded: false, _ => Say(logger));
        });

        Assert.DoesNotContain("trace_id", text, StringComparison.Ordinal);
        Assert.Equal(2, text.TrimEnd().Split('\n').Length);
    }

    private static void Say(ILogger logger) => logger.Log(LogLevel.Warning, default, "said", null, static (text, _) => text);

    private static void InCall(bool isRecorded, Action<Activity> act)
    {
        using var call = new Activity("call");
        call.SetIdFormat(ActivityIdFormat.W3C);
        call.ActivityTraceFlags = isRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None;
        call.SetBaggage(RpcHeaders.Correlation, Correlation);
        call.Start();
        act(call);
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
