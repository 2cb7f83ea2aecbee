using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Snakepit.Serving.Logging;

/// <summary>A log entry for programs: one JSON object on one line.</summary>
internal static class JsonLine
{
    public static string Of(LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", entry.LevelName);
            json.WriteString("category", entry.Category);
            if (entry.Event is { } name)
            {
                json.WriteString("event", name);
            }

            json.WriteString("message", entry.Message);
            WriteFields(json, entry.Fields);
            if (entry.Cause is { } cause)
            {
                if (cause.TraceId is not null)
                {
                    json.WriteString("trace_id", cause.TraceId);
                    json.WriteString("span_id", cause.SpanId);
                }

                if (cause.CorrelationId is { } correlation)
                {
                    json.WriteString("correlation_id", correlation);
                }
            }

            if (entry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + Environment.NewLine;
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        json.WriteStartObject("fields");
        foreach (var (name, value) in fields)
        {
            switch (value)
            {
                case var _ when name == "{OriginalFormat}":
                    break;
                case null:
                    json.WriteNull(name);
                    break;
                case bool truth:
                    json.WriteBoolean(name, truth);
                    break;
                case int number:
                    json.WriteNumber(name, number);
                    break;
                case long number:
                    json.WriteNumber(name, number);
                    break;
                default:
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
        }

        json.WriteEndObject();
    }
}
