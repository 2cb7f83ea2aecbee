using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;

namespace Snakepit.Tests.Properties.Sessions;

/// <summary>What a session should do, written down as plainly as it can be: a list of variables, a list of changes.</summary>
internal sealed class SessionModel
{
    private readonly Dictionary<string, Step> _requests = [];

    /// <summary>Oldest first.</summary>
    public List<ModelVariable> Variables { get; } = [];

    /// <summary>The type of each change and the variable's name; the revision is its place.</summary>
    public List<(string Type, string Name)> Log { get; } = [];

    /// <summary>In the order of their first registration.</summary>
    public List<ModelTool> Tools { get; } = [];

    /// <summary>The refusal that the command should meet; null = none. A batch of which nothing is applied is null, too.</summary>
    public RefusalKind? Run(Step step)
    {
        var id = step.RequestId == 0 || step.Kind is StepKind.Offer or StepKind.Withdraw ? null : $"r{step.RequestId}";
        if (id is not null && _requests.TryGetValue(id, out var before))
        {
            return IsSame(before.ToRequest(), step.ToRequest()) ? null : RefusalKind.Invalid;
        }

        var logged = Log.Count;
        var refusal = Apply(step);
        var isFailedBatch = step.Kind is StepKind.Batch or StepKind.AtomicBatch && Log.Count == logged;
        if (id is not null && refusal is null && !isFailedBatch)
        {
            _requests.Add(id, step);
        }

        return refusal;
    }

    // By their bytes, as to messages an expected version of 0 equals none; but a batch is the same in another order.
    private static bool IsSame(IMessage one, IMessage other) => one is BatchSetVariablesRequest
        ? one.Equals(other)
        : one.Descriptor == other.Descriptor && one.ToByteString() == other.ToByteString();

    private RefusalKind? Apply(Step step)
    {
        var variable = Find(step.Name);
        if (step.Kind == StepKind.Register)
        {
            return variable is null ? Register(step) : null;
        }

        if (step.Kind is StepKind.Offer or StepKind.Withdraw)
        {
            return step.Kind == StepKind.Offer ? Offer(step) : Withdraw(step);
        }

        if (step.Kind is StepKind.Batch or StepKind.AtomicBatch)
        {
            return SetBoth(step);
        }

        if (variable is null || (step.Kind == StepKind.Depend && Find(step.Other) is null))
        {
            return RefusalKind.NotFound;
        }

        return step.Kind switch
        {
            StepKind.Set => Locked(variable, null) ?? Set(variable, step.Json),
            StepKind.SetExpecting => Locked(variable, null) ??
                (variable.Version != step.Number ? RefusalKind.Conflict : Set(variable, step.Json)),
            StepKind.SetAsOptimizer => Locked(variable, step.Optimizer) ?? Set(variable, step.Json),
            StepKind.Delete => Locked(variable, null) ?? Delete(variable),
            StepKind.Depend => Depend(variable, Find(step.Other)!),
            StepKind.Start => Start(variable, step.Optimizer),
            StepKind.Stop => Stop(variable, step),
            StepKind.RollBack => step.Number > variable.Version
                ? RefusalKind.NotFound
                : Locked(variable, null) ?? Set(variable, variable.Values[step.Number]),
            _ => Describe(variable, step.Number),
        };
    }

    private ModelVariable? Find(string name) => Variables.Find(variable => variable.Name == name);

    private RefusalKind? Register(Step step)
    {
        Variables.Add(new ModelVariable(step.Name, step.Json));
        return Note("registered", Variables[^1], notify: false);
    }

    private RefusalKind? Set(ModelVariable variable, string json)
    {
        variable.Values.Add(json);
        return Note("value_change", variable);
    }

    private RefusalKind? SetBoth(Step step)
    {
        var targets = new[] { step.Name, step.Other }.Distinct().ToList();
        var good = targets.ConvertAll(Find).FindAll(variable => variable is { Holder: null });
        if (step.Kind == StepKind.Batch || good.Count == targets.Count)
        {
            good.ForEach(variable => Set(variable!, step.Json));
        }

        return null;
    }

    private RefusalKind? Offer(Step step)
    {
        foreach (var name in step.Tools)
        {
            var tool = Tools.Find(tool => tool.Name == name) ?? new ModelTool(name);
            if (tool.Hosts.Count == 0)
            {
                Tools.Add(tool);
            }

            tool.Description = step.Json;
            if (!tool.Hosts.Contains(step.Host))
            {
                tool.Hosts.Add(step.Host);
            }
        }

        return null;
    }

    private RefusalKind? Withdraw(Step step)
    {
        var withdrawn = Tools.FindAll(tool => step.Second == 0 || step.Tools.Contains(tool.Name));
        withdrawn.ForEach(tool => tool.Hosts.Remove(step.Host));
        Tools.RemoveAll(tool => tool.Hosts.Count == 0);
        return null;
    }

    private RefusalKind? Delete(ModelVariable variable)
    {
        if (Variables.Exists(other => other.Needs.Contains(variable)))
        {
            return RefusalKind.Precondition;
        }

        Variables.Remove(variable);
        return Note("deleted", variable);
    }

    private static RefusalKind? Depend(ModelVariable from, ModelVariable to)
    {
        if (from.Needs.Contains(to))
        {
            return null;
        }

        if (Reaches(to, from))
        {
            return RefusalKind.Precondition;
        }

        from.Needs.Add(to);
        to.NeededBy.Add(from);
        to.NeededBy.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return null;
    }

    private static bool Reaches(ModelVariable from, ModelVariable to) => from == to || from.Needs.Exists(next => Reaches(next, to));

    private RefusalKind? Start(ModelVariable variable, string optimizer)
    {
        if (variable.Holder is { } holder)
        {
            return holder == optimizer ? null : RefusalKind.Precondition;
        }

        variable.Holder = optimizer;
        return Note("optimization_change", variable);
    }

    private RefusalKind? Stop(ModelVariable variable, Step step)
    {
        if (variable.Holder is null || (variable.Holder != step.Optimizer && step.Second != 0))
        {
            return RefusalKind.Precondition;
        }

        variable.Holder = null;
        return Note("optimization_change", variable);
    }

    private RefusalKind? Describe(ModelVariable variable, int number)
    {
        if (variable.Described == number)
        {
            return null;
        }

        variable.Described = number;
        return Note("constraint_change", variable);
    }

    private static RefusalKind? Locked(ModelVariable variable, string? optimizer) =>
        variable.Holder is null || variable.Holder == optimizer ? null : RefusalKind.Precondition;

    private RefusalKind? Note(string type, ModelVariable variable, bool notify = true)
    {
        Log.Add((type, variable.Name));
        if (type == "deleted")
        {
            variable.Needs.ForEach(needed => needed.NeededBy.Remove(variable));
        }
        else if (notify)
        {
            variable.NeededBy.ForEach(dependent => Log.Add(("dependency_change", dependent.Name)));
        }

        return null;
    }
}

internal sealed class ModelTool(string name)
{
    public string Name { get; } = name;

    public string? Description { get; set; }

    public List<string> Hosts { get; } = [];
}

internal sealed class ModelVariable(string name, string json)
{
    public string Name { get; } = name;

    /// <summary>By version.</summary>
    public List<string> Values { get; } = [json];

    public int Version => Values.Count - 1;

    public string? Holder { get; set; }

    public int? Described { get; set; }

    public List<ModelVariable> Needs { get; } = [];

    public List<ModelVariable> NeededBy { get; } = [];
}
