namespace Snakepit.Sessions.Values.Patterns;

/// <summary>A part of a pattern as it is written.</summary>
internal abstract record Node
{
    /// <summary>One character.</summary>
    public sealed record One(RuneSet Set) : Node;

    /// <summary>A place between characters.</summary>
    public sealed record At(Anchor Anchor) : Node;

    /// <summary>Parts one after the other; without any, the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<Node> Parts) : Node;

    /// <summary>Any one of its parts.</summary>
    public sealed record Choice(IReadOnlyList<Node> Parts) : Node;

    /// <summary>A part some times over; without <paramref name="Max"/>, as often as one likes.</summary>
    public sealed record Repeat(Node Part, int Min, int? Max) : Node;
}

/// <summary>Places a pattern can ask for.</summary>
internal enum Anchor
{
    TextStart,
    TextEnd,

    /// <summary>The end, or before a line feed that ends the text.</summary>
    LastLineEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}
