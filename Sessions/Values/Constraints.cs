namespace Snakepit.Sessions.Values;

/// <summary>
/// What a variable asks of its values beyond their type. Compiled once, when it is registered; immutable and
/// safe to use from any thread.
/// </summary>
public sealed class Constraints
{
    internal Constraints(VariableType type, string json, Rules rules)
    {
        Type = type;
        Json = json;
        Rules = rules;
    }

    /// <summary>The type they were compiled for.</summary>
    public VariableType Type { get; }

    /// <summary>As given; empty when there are none.</summary>
    public string Json { get; }

    internal Rules Rules { get; }

    public static Constraints None(VariableType type) => type.WithoutConstraints;

    /// <summary>Compiles a JSON object of constraints. Empty or white space means none.</summary>
    /// <returns>The constraints, or a refusal (Invalid) that begins <c>Invalid constraints: </c> and names the key.</returns>
    public static Outcome<Constraints> Compile(VariableType type, string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return None(type);
        }

        var rules = RuleReader.Read(type, json);
        return rules.IsRefused ? rules.Refusal : new Constraints(type, json, rules.Value);
    }

    /// <summary>
    /// True if both ask the same of a value of the same type. The order of keys and of choices, white space and
    /// the spelling of numbers do not matter.
    /// </summary>
    public bool SameAs(Constraints other) => ReferenceEquals(Type, other.Type) && Rules.SameAs(other.Rules);

    /// <summary>Checks a value that exists against these constraints, which may not be those it was read with.</summary>
    /// <returns>Why it breaks them; null if it does not.</returns>
    public Refusal? Check(Value value) => Value.Read(Type, this, value.Any, value.Binary, int.MaxValue).Refusal;
}
