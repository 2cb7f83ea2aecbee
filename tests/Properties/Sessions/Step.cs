using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Properties.Sessions;

public enum StepKind
{
    Register,
    Set,
    SetExpecting,
    SetAsOptimizer,
    Batch,
    AtomicBatch,
    Delete,
    Depend,
    Start,
    Stop,
    RollBack,
    Describe,
    Offer,
    Withdraw,
}

/// <summary>One command of few variables and few values, so that commands often meet.</summary>
/// <param name="Kind">What.</param>
/// <param name="First">The variable; in a batch one of two.</param>
/// <param name="Second">Another one, which may be the same.</param>
/// <param name="Number">A value, a version, or who optimizes. A value of 0 is a large one.</param>
/// <param name="RequestId">0 = none.</param>
public sealed record Step(StepKind Kind, int First, int Second, int Number, int RequestId)
{
    public static Gen<List<Step>> Lists { get; } =
        from steps in Gen.Sized(size => Gen.ListOf(One, Math.Min(10 + size, 80)))
        select steps.ToList();

    private static Gen<Step> One =>
        from kind in Gen.Frequency(
            (5, Gen.Constant(StepKind.Register)),
            (5, Gen.Constant(StepKind.Set)),
            (8, Gen.Elements(System.Enum.GetValues<StepKind>())))
        from first in Gen.Choose(0, 3)
        from second in Gen.Choose(0, 3)
        from number in Gen.Frequency((12, Gen.Choose(1, 4)), (1, Gen.Constant(0)))
        from request in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 5)))
        select new Step(kind, first, second, number, request);

    public string Name => $"v{First}";

    public string Other => $"v{Second}";

    public string Optimizer => $"o{Number % 2}";

    public string Host => $"h{Number % 2}";

    public IEnumerable<string> Tools => new[] { Name, Other }.Distinct();

    public string Json => Number == 0 ? $"\"{new string('x', 70_000)}\"" : $"\"{Number}\"";

    public IMessage ToRequest()
    {
        var id = RequestId == 0 ? "" : $"r{RequestId}";
        return Kind switch
        {
            StepKind.Register => Ask.Register(Name, Json, "string", requestId: id),
            StepKind.Set => Ask.Set(Name, Json, "string", id),
            StepKind.SetExpecting => Ask.Set(Name, Json, "string", id, expected: Number),
            StepKind.SetAsOptimizer => Ask.Set(Name, Json, "string", id, optimizer: Optimizer),
            StepKind.Batch or StepKind.AtomicBatch => Batch(id),
            StepKind.Delete => Ask.Delete(Name, id),
            StepKind.Depend => new AddDependencyRequest(Ask.Depend(Name, Other)) { RequestId = id },
            StepKind.Start => new StartOptimizationRequest(Ask.Start(Name, Optimizer)) { RequestId = id },
            StepKind.Stop => new StopOptimizationRequest(Ask.Stop(Name, Optimizer, force: Second == 0)) { RequestId = id },
            StepKind.RollBack => Ask.RollBack(Name, Number, id),
            StepKind.Offer => Ask.Offer(Host, [.. Tools.Select(name => Ask.Tool(name, Json))]),
            StepKind.Withdraw => Ask.Withdraw(Host, Second == 0 ? [] : [.. Tools]),
            _ => new Protocol.Administration.UpdateVariableRequest(Ask.Update(Name, access: $$"""{"read":["n{{Number}}"]}""")) { RequestId = id },
        };
    }

    private BatchSetVariablesRequest Batch(string id)
    {
        var request = new BatchSetVariablesRequest { SessionId = Ask.Session, Atomic = Kind == StepKind.AtomicBatch, RequestId = id };
        request.Updates[Name] = Ask.Json(Json, "string");
        request.Updates[Other] = Ask.Json(Json, "string");
        return request;
    }
}
