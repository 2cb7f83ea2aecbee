using System.Buffers;
using System.Text.Json;
using Snakepit.Sessions.Values.Patterns;

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

    private protected static Refusal? CheckPattern(ReadOnlySpan<byte> text, Rules rules) =>
        rules.Pattern?.Search(text) switch
        {
            SearchResult.NotFound => Refusal.Invalid($"must match pattern: {rules.Pattern}"),
            SearchResult.TooLong => Refusal.Invalid($"must match pattern: {rules.Pattern} (the text is too long for this pattern to be searched for)"),
            _ => null,
        };

    private protected static Refusal? CheckChoices(ReadOnlySpan<byte> text, Rules rules) =>
        rules.Choices is { } choices && !choices.Allow(text)
            ? Refusal.Invalid($"must be one of: {choices}")
            : null;
}
