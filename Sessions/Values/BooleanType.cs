using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>True or false. Also cast: the strings "true" and "false", the numbers 1 and 0, spelled so.</summary>
internal sealed class BooleanType() : VariableType("boolean", "must be a boolean (true or false)")
{
    internal override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        bool? value = json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Number => json.ValueSpan.SequenceEqual("1"u8) ? true
                : json.ValueSpan.SequenceEqual("0"u8) ? false
                : null,
            JsonTokenType.String => json.ValueSpan.SequenceEqual("true"u8) ? true
                : json.ValueSpan.SequenceEqual("false"u8) ? false
                : null,
            _ => null,
        };
        if (value is not { } known)
        {
            return Refuse();
        }

        canonical.Write(known ? "true"u8 : "false"u8);
        return null;
    }
}
