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
public static class ParameterRules
{
    private static readonly Refusal NoObject = Refusal.Invalid("validation_json is not a JSON object");

    /// <summary>
    /// The constraints that a parameter's text has, of those that its type knows, or why they are not sound.
    /// </summary>
    /// <param name="type">The parameter's.</param>
    /// <param name="json">Its `validation_json`; empty = none.</param>
    public static Outcome<Constraints> Compile(VariableType type, string json)
    {
        if (json.Length == 0)
        {
            return Constraints.None(type);
        }

        using var document = ParseObject(json);
        if (document is null)
        {
            return NoObject;
        }

        try
        {
            var known = document.RootElement.EnumerateObject()
                .Where(member => type.ConstraintKeys.Contains(member.Name))
                .Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}");
            return Constraints.Compile(type, $"{{{string.Join(',', known)}}}");
        }
        catch (InvalidOperationException)
        {
            return Refusal.Invalid("validation_json has a key with a lone surrogate, which is no character");
        }
    }

    internal static Refusal? Check(ParameterSpec parameter, SessionLimits limits)
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

        if (TypeOf(parameter.Type) is { } type)
        {
            return Compile(type, json).Refusal;
        }

        using var document = ParseObject(json);
        return document is null ? NoObject : null;
    }

    private static VariableType? TypeOf(string name) => VariableType.Find(name switch
    {
        "str" => "string",
        "int" => "integer",
        "bool" => "boolean",
        "dict" => "map",
        _ => name,
    });

    private static JsonDocument? ParseObject(string json)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var document = Parse(text) ?? (BareNumbers.Quote(text) is { } quoted ? Parse(quoted.Memory) : null);
        if (document is not null and not { RootElement.ValueKind: JsonValueKind.Object })
        {
            document.Dispose();
            return null;
        }

        return document;
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
