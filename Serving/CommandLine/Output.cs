using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Snakepit.Serving.CommandLine;

/// <summary>What a command prints: for people, or JSON for programs.</summary>
public sealed class Output(TextWriter writer, bool json)
{
    /// <summary>Output goes to a terminal or a program, never into a page: umlauts may stay what they are.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsJson => json;

    /// <summary>One fact: a line for people, an object for programs.</summary>
    public void Write(string line, Action<Utf8JsonWriter> properties) => writer.WriteLine(json ? JsonOf(properties) : line);

    /// <summary>Many of a kind: a table for people, an object each for programs.</summary>
    public void Write<T>(IReadOnlyList<T> items, Table<T> table, Action<Utf8JsonWriter, T> properties)
    {
        if (json)
        {
            foreach (var item in items)
            {
                writer.WriteLine(JsonOf(writer => properties(writer, item)));
            }
        }
        else
        {
            table.Write(items, writer);
        }
    }

    private static string JsonOf(Action<Utf8JsonWriter> properties)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
