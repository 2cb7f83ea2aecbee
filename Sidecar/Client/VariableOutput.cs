using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>Variables as they are printed.</summary>
internal static class VariableOutput
{
    /// <summary>Whole values, for those who asked for these variables.</summary>
    public static Table<Variable> Table { get; } = TableOf(value => value);

    /// <summary>Long values cut, for a look at many.</summary>
    public static Table<Variable> ShortTable { get; } = TableOf(Shown.Short);

    public static void WriteJson(Utf8JsonWriter json, Variable variable)
    {
        json.WriteString("id", variable.Id);
        json.WriteString("name", variable.Name);
        json.WriteString("type", variable.Type);
        WriteValue(json, "value", variable.Value, variable.BinaryValue);
        json.WriteNumber("version", variable.Version);
        json.WriteNumber("revision", variable.Revision);
        json.WriteString("updated_at", Shown.Time(variable.LastUpdatedAt));
        json.WriteString("source", variable.Source.ToString().ToLowerInvariant());
        if (variable.ConstraintsJson.Length > 0)
        {
            json.WritePropertyName("constraints");
            json.WriteRawValue(variable.ConstraintsJson);
        }

        WriteMetadata(json, variable.Metadata);
        if (variable.OptimizationStatus is { Optimizing: true } optimization)
        {
            json.WriteString("optimizer_id", optimization.OptimizerId);
        }
    }

    public static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        json.WriteStartObject("metadata");
        foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>The value as the JSON it is; of a binary one the descriptor, and how many bytes belong to it.</summary>
    public static void WriteValue(Utf8JsonWriter json, string name, Any? value, ByteString binary)
    {
        if (value is null)
        {
            return;
        }

        json.WritePropertyName(name);
        json.WriteRawValue(value.Value.Span);
        if (!binary.IsEmpty)
        {
            json.WriteNumber($"{name}_binary_bytes", binary.Length);
        }
    }

    private static Table<Variable> TableOf(Func<string, string> value) => new(
        ("NAME", variable => variable.Name),
        ("TYPE", variable => variable.Type),
        ("VERSION", variable => Shown.Number(variable.Version)),
        ("UPDATED", variable => Shown.Time(variable.LastUpdatedAt)),
        ("VALUE", variable => value(Shown.Value(variable.Value, variable.BinaryValue))));
}
