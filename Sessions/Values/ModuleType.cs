using System.Text;

namespace Snakepit.Sessions.Values;

/// <summary>The dotted name of a Python module, or of something in one.</summary>
internal sealed class ModuleType() : TextType("module", "choices", "allowed_modules", "pattern", "namespace")
{
    private protected override Refusal? Check(ReadOnlySpan<byte> text, Rules rules)
    {
        var name = Encoding.UTF8.GetString(text);
        if (!ModuleName.IsValid(name))
        {
            return Refusal.Invalid($"must be a module name (identifiers joined by dots), got {Shown.Of(name)}");
        }

        var broken = rules.Choices is { } choices && !choices.Allow(text) ? choices
            : rules.AllowedModules is { } modules && !modules.Allow(text) ? modules
            : null;
        if (broken is not null)
        {
            return Refusal.Invalid($"must be one of the allowed modules: {broken}");
        }

        return rules.Namespace is { } space && !ModuleName.IsIn(name, space)
            ? Refusal.Invalid($"must be in namespace: {space}")
            : CheckPattern(text, rules);
    }
}
