using System.Runtime.CompilerServices;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// Checks a call's parameters before it leaves. Those that the tool does not name pass, unless its metadata say
/// `additional_parameters` = `false`. Nothing is filled in: a default is the tool's own affair, as it is upstream.
/// </summary>
internal sealed class ParameterRules
{
    private const string AdditionalKey = "additional_parameters";

    /// <summary>Compiled once for each specification a session holds.</summary>
    private static readonly ConditionalWeakTable<ToolSpec, ParameterRules> Compiled = [];

    private readonly string _tool;
    private readonly ParameterRule[] _rules;
    private readonly HashSet<string>? _only;

    private ParameterRules(ToolSpec spec)
    {
        _tool = spec.Name;
        _rules = [.. spec.Parameters.Select(parameter => new ParameterRule(parameter))];
        _only = spec.Metadata.GetValueOrDefault(AdditionalKey) == "false"
            ? _rules.Select(rule => rule.Name).ToHashSet(StringComparer.Ordinal)
            : null;
    }

    public static ParameterRules Of(ToolSpec spec) => Compiled.GetValue(spec, static spec => new ParameterRules(spec));

    /// <summary>What is wrong, naming the tool and the parameter; null if nothing is.</summary>
    public string? Check(ExecuteToolRequest request)
    {
        foreach (var rule in _rules)
        {
            // Bytes are whatever the tool takes them for.
            if (request.BinaryParameters.ContainsKey(rule.Name))
            {
                continue;
            }

            if (!request.Parameters.TryGetValue(rule.Name, out var value))
            {
                if (rule.IsRequired)
                {
                    return $"Tool {_tool}: parameter {rule.Name} is missing";
                }
            }
            else if (rule.Check(value) is { } refusal)
            {
                return $"Tool {_tool}: parameter {rule.Name}: {refusal.Message}";
            }
        }

        return _only is not null
            && request.Parameters.Keys.Concat(request.BinaryParameters.Keys).FirstOrDefault(name => !_only.Contains(name)) is { } unknown
                ? $"Tool {_tool} has no parameter {unknown}"
                : null;
    }
}
