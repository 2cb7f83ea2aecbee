using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>
/// A tensor's elements while they are copied: how many there are, how they are nested, and what kinds occur.
/// The shape may come after them, so how they are nested is found out first and compared then.
/// </summary>
internal sealed class TensorData(string requirement)
{
    private readonly long[] _lengths = new long[JsonLimits.MaxRank];
    private readonly long[] _counts = new long[JsonLimits.MaxRank];
    private int _axes;
    private int _elementsAt = -1;
    private bool _ragged;

    /// <summary>How many elements there are.</summary>
    public long Count { get; private set; }

    /// <summary>True if some element is true or false.</summary>
    public bool HasBooleans { get; private set; }

    /// <summary>True if some element is a number.</summary>
    public bool HasNumbers { get; private set; }

    /// <summary>True if some element is no whole number.</summary>
    public bool HasFractions { get; private set; }

    /// <summary>Copies a lone element, or an array of any depth to its closing token.</summary>
    public Refusal? Copy(ref Utf8JsonReader json, ref CanonicalJson canonical)
    {
        Array.Fill(_lengths, -1);
        var level = 0;
        do
        {
            if (json.TokenType == JsonTokenType.EndArray)
            {
                canonical.Write((byte)']');
                Close(--level);
                continue;
            }

            if (level > 0 && _counts[level - 1]++ > 0)
            {
                canonical.Write((byte)',');
            }

            if (json.TokenType == JsonTokenType.StartArray)
            {
                if (level == JsonLimits.MaxRank || json.CurrentDepth >= JsonLimits.MaxDepth)
                {
                    return JsonLimits.TooDeep();
                }

                canonical.Write((byte)'[');
                Open(level++);
            }
            else if (CopyElement(ref json, ref canonical, level) is { } refusal)
            {
                return refusal;
            }
        }
        while (level > 0 && json.Read());

        return null;
    }

    /// <summary>
    /// True if a shape asks for as many elements, and for this nesting, unless they are flat. An element beside
    /// an empty array needs no check of its own: an axis of length 0 leaves no room for any.
    /// </summary>
    public bool Fits(long[] shape)
    {
        if (_ragged || Shapes.Product(shape) != Count)
        {
            return false;
        }

        if (_axes <= 1)
        {
            return _axes == 1 || shape.Length == 0;
        }

        // Below an empty axis there is nothing that could show the axes that follow.
        var nesting = _lengths.AsSpan(0, _axes);
        return nesting.Length <= shape.Length
            && shape.AsSpan(0, nesting.Length).SequenceEqual(nesting)
            && (nesting.Length == shape.Length || nesting[^1] == 0);
    }

    private void Open(int level)
    {
        _axes = Math.Max(_axes, level + 1);
        _counts[level] = 0;
    }

    private void Close(int level)
    {
        _ragged |= _lengths[level] >= 0 && _lengths[level] != _counts[level];
        _lengths[level] = _counts[level];
    }

    private Refusal? CopyElement(ref Utf8JsonReader json, ref CanonicalJson canonical, int level)
    {
        Count++;
        _ragged |= _elementsAt >= 0 && _elementsAt != level;
        _elementsAt = level;
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            HasBooleans = true;
            canonical.Write(json.ValueSpan);
            return null;
        }

        HasNumbers = true;
        HasFractions = HasFractions || json.TokenType == JsonTokenType.String || !IsWhole(json.ValueSpan);
        return Numbers.Copy(ref json, ref canonical, requirement);
    }

    private static bool IsWhole(ReadOnlySpan<byte> token)
    {
        if (token.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            return true;
        }

        Span<byte> plain = stackalloc byte[DecimalText.MaxLength];
        return DecimalText.Spell(token, plain, out _) == Wholeness.Whole;
    }
}
