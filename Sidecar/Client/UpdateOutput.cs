using System.Text.Json;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>Updates of a watch as they are printed.</summary>
internal static class UpdateOutput
{
    private const int TypeWidth = 12;

    /// <summary>Programs see heartbeats too; for people they are noise.</summary>
    public static void Write(VariableUpdate update, Output output)
    {
        if (output.IsJson || update.UpdateType != "heartbeat")
        {
            output.Write(Line(update), json => WriteJson(json, update));
        }
    }

    /// <summary>Time, revision, what happened, to which variable, its version and value, and the value before.</summary>
    public static string Line(VariableUpdate update)
    {
        var line = $"{Shown.Time(update.Timestamp)}  {(update.Revision > 0 ? $"r{update.Revision}" : "-"),-6} {update.UpdateType.PadRight(TypeWidth)}";
        if (update.Variable is { } variable)
        {
            line += $"  {OneLine.Of(variable.Name)} v{variable.Version} = {Shown.Value(variable.Value, variable.BinaryValue)}";
        }

        return update.OldValue is { } old ? $"{line}  (was {Shown.Value(old, update.OldBinaryValue)})" : line.TrimEnd();
    }

    private static void WriteJson(Utf8JsonWriter json, VariableUpdate update)
    {
        json.WriteString("update_type", update.UpdateType);
        json.WriteNumber("revision", update.Revision);
        json.WriteString("time", Shown.Time(update.Timestamp));
        if (update.UpdateSource.Length > 0)
        {
            json.WriteString("update_source", update.UpdateSource);
        }

        if (update.Variable is { } variable)
        {
            json.WriteStartObject("variable");
            VariableOutput.WriteJson(json, variable);
            json.WriteEndObject();
        }

        VariableOutput.WriteValue(json, "old_value", update.OldValue, update.OldBinaryValue);
        if (update.UpdateMetadata.Count > 0)
        {
            VariableOutput.WriteMetadata(json, update.UpdateMetadata);
        }
    }
}
