using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving;

namespace Snakepit.Sidecar.Client;

/// <summary>What goes into tools and comes out of them, as it is typed and printed.</summary>
internal static class ToolOutput
{
    /// <summary>What every worker of the public protocol reads: JSON under the url of a text.</summary>
    private const string Url = "type.googleapis.com/google.protobuf.StringValue";

    /// <summary>A parameter: JSON as it stands, anything else as a text.</summary>
    public static Any Parameter(string text) => new()
    {
        TypeUrl = Url,
        Value = ByteString.CopyFromUtf8(IsJson(text) ? text : $"\"{JsonEncodedText.Encode(text)}\""),
    };

    public static string Text(ExecuteToolResponse response)
    {
        var result = response.Result is null ? "null" : Text(response.Result.Value);
        return response.BinaryResult.IsEmpty ? result : $"{result} and {response.BinaryResult.Length} bytes";
    }

    /// <summary>On one line; bytes that are no text are only counted.</summary>
    public static string Text(ByteString bytes) =>
        Utf8.IsValid(bytes.Span) ? OneLine.Of(bytes.ToStringUtf8()) : $"{bytes.Length} bytes";

    public static void WriteJson(Utf8JsonWriter json, ExecuteToolResponse response)
    {
        WriteData(json, "result", response.Result?.Value ?? ByteString.CopyFromUtf8("null"));
        if (!response.BinaryResult.IsEmpty)
        {
            json.WriteNumber("result_binary_bytes", response.BinaryResult.Length);
        }

        json.WriteNumber("execution_time_ms", response.ExecutionTimeMs);
        VariableOutput.WriteMetadata(json, response.Metadata);
    }

    public static void WriteJson(Utf8JsonWriter json, ToolChunk chunk)
    {
        json.WriteString("chunk", chunk.ChunkId);
        WriteData(json, "data", chunk.Data);
        json.WriteBoolean("final", chunk.IsFinal);
        VariableOutput.WriteMetadata(json, chunk.Metadata);
    }

    /// <summary>JSON as it is, other text as a string, other bytes in base64.</summary>
    private static void WriteData(Utf8JsonWriter json, string name, ByteString data)
    {
        if (!Utf8.IsValid(data.Span))
        {
            json.WriteBase64String($"{name}_base64", data.Span);
            return;
        }

        var text = data.ToStringUtf8();
        json.WritePropertyName(name);
        if (IsJson(text))
        {
            json.WriteRawValue(text);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
