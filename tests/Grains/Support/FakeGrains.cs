using System.Reflection;
using Snakepit.Grains;

namespace Snakepit.Tests.Grains.Support;

/// <summary>A cluster of one grain.</summary>
public class FakeGrains : DispatchProxy
{
    private ISessionGrain? _grain;

    public static IGrainFactory Of(ISessionGrain grain)
    {
        var proxy = Create<IGrainFactory, FakeGrains>();
        ((FakeGrains)(object)proxy)._grain = grain;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == nameof(IGrainFactory.GetGrain) && args?[0] is string
            ? _grain
            : throw new NotSupportedException($"{targetMethod} is not expected");
}
