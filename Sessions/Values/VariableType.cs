using System.Collections.Frozen;
using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>One of the types a variable can have: what it accepts, what it makes of it, how it is constrained.</summary>
/// <remarks>Source of every rule: the table of protocol §2.</remarks>
public abstract class VariableType
{
    private static readonly VariableType[] All =
    [
        new FloatType(), new IntegerType(), new StringType(), new BooleanType(), new ChoiceType(),
        new ModuleType(), new EmbeddingType(), new TensorType(), new MapType(), new ListType(),
    ];

    private static readonly FrozenDictionary<string, VariableType> ByName = All.ToFrozenDictionary(type => type.Name);

    private readonly (string Json, string Binary) _snakepitUrl;
    private readonly (string Json, string Binary) _dspexUrl;

    private protected VariableType(string name, string requirement, params string[] constraintKeys)
    {
        Name = name;
        Requirement = requirement;
        ConstraintKeys = constraintKeys;
        _snakepitUrl = Urls(TypeUrl.SnakepitPrefix);
        _dspexUrl = Urls(TypeUrl.DspexPrefix);
        WithoutConstraints = new Constraints(this, "", Rules.None);
    }

    /// <summary>Every type's name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(type => type.Name)];

    /// <summary>As the protocol spells it, lower case.</summary>
    public string Name { get; }

    /// <summary>What every value of the type is, as a refusal words it: <c>must be …</c>.</summary>
    internal string Requirement { get; }

    /// <summary>The keys its constraints may have.</summary>
    internal IReadOnlyList<string> ConstraintKeys { get; }

    /// <summary>Of all variables of the type that ask for nothing more.</summary>
    internal Constraints WithoutConstraints { get; }

    /// <summary>True if NaN and the infinities can occur in a value, which JSON writes as strings.</summary>
    internal virtual bool HasSpecialNumbers => false;

    /// <summary>True if a value's data can travel as bytes, described by JSON.</summary>
    internal virtual bool CanBeBinary => false;

    /// <summary>The type of that name; null if there is none.</summary>
    public static VariableType? Find(string name) => ByName.GetValueOrDefault(name);

    public override string ToString() => Name;

    /// <summary>
    /// Reads one value, of which <paramref name="json"/> stands on the first token, to the end of its last
    /// token, casts and checks it, and writes its canonical text.
    /// </summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    internal abstract Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules);

    /// <summary>Checks the description of a binary value; only for types that <see cref="CanBeBinary"/>.</summary>
    internal virtual Refusal? CheckDescriptor(BinaryDescriptor descriptor, Rules rules) => Refuse();

    /// <summary>The url its values answer with.</summary>
    internal string UrlFor(string typeUrl, bool binary)
    {
        var urls = ReferenceEquals(TypeUrl.PrefixOf(typeUrl), TypeUrl.DspexPrefix) ? _dspexUrl : _snakepitUrl;
        return binary ? urls.Binary : urls.Json;
    }

    private (string Json, string Binary) Urls(string prefix) => (prefix + Name, prefix + Name + TypeUrl.BinaryEnding);

    private protected Refusal Refuse() => Refusal.Invalid(Requirement);
}
