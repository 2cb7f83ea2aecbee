using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>A type whose values hold other JSON values, whatever they are.</summary>
internal abstract class ContainerType(string name, string requirement, JsonTokenType opening)
    : VariableType(name, requirement, "max_size")
{
    internal override bool HasSpecialNumbers => true;

    internal sealed override Refusal? Read(ref Utf8JsonReader json, ref CanonicalJson canonical, Rules rules)
    {
        if (json.TokenType != opening)
        {
            return Refuse();
        }

        var copier = new ContainerCopier();
        if (copier.Copy(ref json, ref canonical) is { } refusal)
        {
            return refusal;
        }

        return copier.Count > rules.MaxSize
            ? Refusal.Invalid($"must have at most {rules.MaxSize} entries, got {copier.Count}")
            : null;
    }
}
