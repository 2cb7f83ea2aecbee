using System.Buffers;
using System.Text;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Sessions.Tools;

/// <summary>What may be a tool.</summary>
internal static class ToolSpecs
{
    public const int MaxNameBytes = 64;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>Why some of the tools cannot be offered together; null if they can.</summary>
    public static Refusal? Check(IReadOnlyCollection<ToolSpec> specs, SessionLimits limits)
    {
        var names = new HashSet<string>(specs.Count, StringComparer.Ordinal);
        foreach (var spec in specs)
        {
            if ((CheckName(spec.Name) ?? CheckParameters(spec, limits)) is { } refusal)
            {
                return refusal;
            }

            if (!names.Add(spec.Name))
            {
                return Refusal.Invalid($"Tool {spec.Name} is offered twice in one request");
            }
        }

        return null;
    }

    // All characters of a good name are a byte each.
    private static Refusal? CheckName(string name)
    {
        if (name.Length == 0)
        {
            return Refusal.Invalid("tool name must not be empty");
        }

        if (name.Length > MaxNameBytes)
        {
            return Refusal.Invalid(
                $"tool name '{Values.Shown.Of(name)}' has {Encoding.UTF8.GetByteCount(name)} bytes, the limit is {MaxNameBytes}");
        }

        return char.IsAsciiLetterOrDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? null
            : Refusal.Invalid(
                $"tool name '{name}' must consist of A-Z, a-z, 0-9, '_', '.' and '-', and begin with a letter or a digit");
    }

    private static Refusal? CheckParameters(ToolSpec spec, SessionLimits limits)
    {
        var names = new HashSet<string>(spec.Parameters.Count, StringComparer.Ordinal);
        foreach (var parameter in spec.Parameters)
        {
            if (Commands.Names.Check(parameter.Name, "a parameter's name", limits) is { } badName)
            {
                return Refusal.Invalid($"Tool {spec.Name}: {badName.Message}");
            }

            if (!names.Add(parameter.Name))
            {
                return Refusal.Invalid($"Tool {spec.Name} has two parameters named {parameter.Name}");
            }

            if (ParameterRules.Check(parameter, limits) is { } refusal)
            {
                return refusal with { Message = $"Tool {spec.Name}: parameter {parameter.Name}: {refusal.Message}" };
            }
        }

        return null;
    }
}
