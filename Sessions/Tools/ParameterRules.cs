using System.Text;
using System.Text.Json;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions.Tools;

/// <summary>
/// What a parameter's <c>validation_json</c> may say. Its type is free text: Python workers send the name of an
/// annotation in lower case, as `str`, `any`, `ndarray` or `optional[int]`. Where that is one of our types, or Python's
/// name for one, the constraints of that type must be sound; what else the text says is the tool's own affair.
/// </summary>
/// <remarks>Public workers put a parameter's default there, as Python's json writes it: NaN may stand bare.</remarks>
internal static class ParameterRules
{
    public static Refusal? Check(ParameterSpec parameter, SessionLimits limits)
    {
        var json = parameter.ValidationJson;
        if (json.Length == 0)
        {
            return null;
        }

        // JSON of this project is bounded so everywhere.
        var bytes = Encoding.UTF8.GetByteCount(json);
        if (bytes > limits.MaxConstraintsBytes)
        {
            return Refusal.Exhausted($"validation_json has {bytes} bytes, the limit is {limits.MaxConstraintsBytes}");
        }

        var text = Encoding.UTF8.GetBytes(json);
        using var document = Parse(text) ?? (BareNumbers.Quote(text) is { } quoted ? Parse(quoted.Memory) : null);
        return document?.RootElement.ValueKind == JsonValueKind.Object
            ? CheckConstraints(TypeOf(parameter.Type), document.RootElement)
            : Refusal.Invalid("validation_json is not a JSON object");
    }

    private static VariableType? TypeOf(string name) => VariableType.Find(name switch
    {
        "str" => "string",
        "int" => "integer",
        "bool" => "boolean",
        "dict" => "map",
        _ => name,
    });

    private static Refusal? CheckConstraints(VariableType? type, JsonElement all)
    {
        if (type is null)
        {
            return null;
        }

        try
        {
            var known = all.EnumerateObject()
                .Where(member => type.ConstraintKeys.Contains(member.Name))
                .Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}");
            return Constraints.Compile(type, $"{{{string.Join(',', known)}}}").Refusal;
        }
        catch (InvalidOperationException)
        {
            return Refusal.Invalid("validation_json has a key with a lone surrogate, which is no character");
        }
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = JsonLimits.MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
