using Snakepit.Sessions.Values.Patterns;

namespace Snakepit.Sessions.Values;

/// <summary>Compiled constraints, one member a key; null where there is no such constraint.</summary>
internal sealed record Rules
{
    public static Rules None { get; } = new();

    public Bound? Min { get; init; }

    public Bound? Max { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public Pattern? Pattern { get; init; }

    /// <summary>The <c>enum</c> of a string, the <c>choices</c> of a choice or module.</summary>
    public AllowedTexts? Choices { get; init; }

    public AllowedTexts? AllowedModules { get; init; }

    public string? Namespace { get; init; }

    public int? Dimensions { get; init; }

    public long[]? Shape { get; init; }

    public string? Dtype { get; init; }

    public int? MaxSize { get; init; }

    /// <summary>True if both ask the same; unlike equality, it does not compare how they are spelled.</summary>
    public bool SameAs(Rules other) =>
        Bound.Same(Min, other.Min)
        && Bound.Same(Max, other.Max)
        && MinLength == other.MinLength
        && MaxLength == other.MaxLength
        && Pattern?.Text == other.Pattern?.Text
        && AllowedTexts.Same(Choices, other.Choices)
        && AllowedTexts.Same(AllowedModules, other.AllowedModules)
        && Namespace == other.Namespace
        && Dimensions == other.Dimensions
        && Shapes.Same(Shape, other.Shape)
        && Dtype == other.Dtype
        && MaxSize == other.MaxSize;
}
