namespace Snakepit.Sessions;

/// <summary>Variables are the same that have the same name. Its hashes differ from process to process: callers choose the names.</summary>
internal sealed class VariableNames : IEqualityComparer<KeptVariable>, IAlternateEqualityComparer<ReadOnlySpan<char>, KeptVariable>
{
    public static VariableNames Comparer { get; } = new();

    public bool Equals(KeptVariable? x, KeptVariable? y) => ReferenceEquals(x, y) || (x is not null && y is not null && y.OfName(x.HasName));

    public int GetHashCode(KeptVariable variable) => variable.OfName(string.GetHashCode);

    public bool Equals(ReadOnlySpan<char> alternate, KeptVariable other) => other.HasName(alternate);

    public int GetHashCode(ReadOnlySpan<char> alternate) => string.GetHashCode(alternate);

    public KeptVariable Create(ReadOnlySpan<char> alternate) => throw new NotSupportedException("a name alone is no variable");
}
