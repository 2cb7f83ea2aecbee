using System.Text;
using System.Text.Json;
using Snakepit.Sessions.Values.Patterns;

namespace Snakepit.Sessions.Values;

/// <summary>Reads the JSON of constraints. Each key is known, of its shape and given once, or all is refused.</summary>
internal sealed class RuleReader
{
    private readonly VariableType _type;
    private Rules _rules = Rules.None;

    private RuleReader(VariableType type) => _type = type;

    public static Outcome<Rules> Read(VariableType type, string json)
    {
        if (json.Length > JsonLimits.MaxConstraints)
        {
            return Refuse($"longer than {JsonLimits.MaxConstraints} characters");
        }

        byte[] text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(json);
        }
        catch (EncoderFallbackException)
        {
            return Refuse("not valid text");
        }

        using var document = Parse(text) ?? (BareNumbers.Quote(text) is { } quoted ? Parse(quoted.Memory) : null);
        if (document is null)
        {
            return Refuse("not valid JSON");
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return Refuse("not a JSON object");
        }

        var reader = new RuleReader(type);
        try
        {
            return reader.ReadAll(document.RootElement) is { } refusal ? refusal : reader._rules;
        }
        catch (InvalidOperationException)
        {
            return Refuse("not valid text: a string contains a lone surrogate");
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

    private Refusal? ReadAll(JsonElement all)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in all.EnumerateObject())
        {
            if (!_type.ConstraintKeys.Contains(member.Name))
            {
                return Refuse($"unknown key {Shown.Of(member.Name)} for type {_type.Name}");
            }

            if (!seen.Add(member.Name))
            {
                return Refuse($"duplicate key {member.Name}");
            }

            if (ReadOne(member.Name, member.Value) is { } refusal)
            {
                return refusal;
            }
        }

        return CheckTogether();
    }

    private Refusal? ReadOne(string key, JsonElement given)
    {
        switch (key)
        {
            case "min" when ReadBound(given, isMinimum: true) is { } min:
                _rules = _rules with { Min = min };
                return null;
            case "max" when ReadBound(given, isMinimum: false) is { } max:
                _rules = _rules with { Max = max };
                return null;
            case "min" or "max":
                return Refuse($"{key} must be a number{(_type is IntegerType ? "" : " within the range of a double")}");
            case "min_length" or "max_length" or "dimensions" or "max_size":
                return ReadCount(key, given);
            case "enum" or "choices" or "allowed_modules":
                return ReadTexts(key, given);
            case "namespace":
                return ReadNamespace(given);
            case "shape":
                return ReadShape(given);
            case "dtype":
                return ReadDtype(given);
            case "pattern":
                return ReadPattern(given);
            default:
                throw new ArgumentOutOfRangeException(nameof(key), key, "a type names a constraint that nobody reads");
        }
    }

    private Refusal? CheckTogether()
    {
        if (_rules.MinLength > _rules.MaxLength)
        {
            return Refuse($"min_length {_rules.MinLength} is above max_length {_rules.MaxLength}");
        }

        if (_rules is not { Min: { } min, Max: { } max })
        {
            return null;
        }

        var crossed = min.Integer is not null && max.Integer is not null
            ? DecimalText.Compare(min.Integer, max.Integer) > 0
            : min.Number > max.Number;
        return crossed ? Refuse($"no value lies between min {Shown.Of(min.Text)} and max {Shown.Of(max.Text)}") : null;
    }

    private Bound? ReadBound(JsonElement given, bool isMinimum)
    {
        var isName = given.ValueKind == JsonValueKind.String;
        return isName || given.ValueKind == JsonValueKind.Number
            ? Bound.Read(isName ? given.GetString()! : given.GetRawText(), isName, _type is IntegerType, isMinimum)
            : null;
    }

    private Refusal? ReadCount(string key, JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Number
            || Shapes.ReadLength(Encoding.ASCII.GetBytes(given.GetRawText())) is not { } length
            || length > int.MaxValue)
        {
            return Refuse($"{key} must be a whole number from 0 to {int.MaxValue}");
        }

        var count = (int)length;
        _rules = key switch
        {
            "min_length" => _rules with { MinLength = count },
            "max_length" => _rules with { MaxLength = count },
            "dimensions" => _rules with { Dimensions = count },
            _ => _rules with { MaxSize = count },
        };
        return null;
    }

    private Refusal? ReadTexts(string key, JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Array || given.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String))
        {
            return Refuse($"{key} must be a list of strings");
        }

        var texts = new AllowedTexts([.. given.EnumerateArray().Select(text => text.GetString()!)]);
        _rules = key == "allowed_modules" ? _rules with { AllowedModules = texts } : _rules with { Choices = texts };
        return null;
    }

    private Refusal? ReadNamespace(JsonElement given)
    {
        var name = ReadText(given);
        if (name is null || !ModuleName.IsValid(name))
        {
            return Refuse("namespace must be a dotted name");
        }

        _rules = _rules with { Namespace = name };
        return null;
    }

    private Refusal? ReadShape(JsonElement given)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(given.GetRawText()));
        json.Read();
        if (Shapes.Read(ref json, out var shape) is { } refusal)
        {
            return Refuse(refusal.Message);
        }

        _rules = _rules with { Shape = shape };
        return null;
    }

    private Refusal? ReadDtype(JsonElement given)
    {
        if (ReadText(given) is not { } name || Dtypes.Find(name) is not { } dtype)
        {
            return Refuse($"dtype must be one of: {Dtypes.List}");
        }

        _rules = _rules with { Dtype = dtype };
        return null;
    }

    private Refusal? ReadPattern(JsonElement given)
    {
        if (ReadText(given) is not { } pattern)
        {
            return Refuse("pattern must be a string");
        }

        if (pattern.Length > Pattern.MaxLength)
        {
            return Refuse($"pattern must be at most {Pattern.MaxLength} characters");
        }

        try
        {
            _rules = _rules with { Pattern = Pattern.Compile(pattern) };
            return null;
        }
        catch (PatternException cause)
        {
            return Refuse($"pattern {Shown.Of(pattern)} cannot be used: {cause.Message}");
        }
    }

    private static string? ReadText(JsonElement given) =>
        given.ValueKind == JsonValueKind.String ? given.GetString() : null;

    private static Refusal Refuse(string why) => Refusal.Invalid($"Invalid constraints: {why}");
}
