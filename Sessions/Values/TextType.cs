using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>A type whose values are JSON strings. Lengths count Unicode code points.</summary>
internal abstract class TextType(string name, params string[] constraintKeys)
    : VariableType(name, "must be a string", constraintKeys)
{
    internal sealed override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            return Refuse();
        }

        if (!json.ValueIsEscaped)
        {
            canonical.WriteString(json.ValueSpan);
            return Check(json.ValueSpan, rules);
        }

        var room = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
        try
        {
            if (!JsonText.TryCopy(ref json, room, out var length))
            {
                return JsonLimits.NotText();
            }

            canonical.WriteString(room.AsSpan(0, length));
            return Check(room.AsSpan(0, length), rules);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>Checks the string's content, valid UTF-8.</summary>
    private protected abstract Refusal? Check(ReadOnlySpan<byte> text, Rules rules);

    private protected static Refusal? CheckPattern(ReadOnlySpan<byte> text, Rules rules)
    {
        if (rules.Pattern is not { } pattern)
        {
            return null;
        }

        var characters = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            var length = Encoding.UTF8.GetChars(text, characters);
            return pattern.IsMatch(characters.AsSpan(0, length))
                ? null
                : Refusal.Invalid($"must match pattern: {pattern}");
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private protected static Refusal? CheckChoices(ReadOnlySpan<byte> text, Rules rules) =>
        rules.Choices is { } choices && !choices.Allow(text)
            ? Refusal.Invalid($"must be one of: {choices}")
            : null;
}
