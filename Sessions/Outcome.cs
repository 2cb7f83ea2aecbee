using System.Diagnostics.CodeAnalysis;

namespace Snakepit.Sessions;

/// <summary>Either a value or the refusal of it.</summary>
public readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    public T? Value { get; }

    public Refusal? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;

    internal static Outcome<T> From(T value) => new(value, null);

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);
}

/// <summary>Makes outcomes where the compiler cannot convert: of interface types.</summary>
public static class Outcome
{
    public static Outcome<T> Of<T>(T value)
        where T : class => Outcome<T>.From(value);
}
