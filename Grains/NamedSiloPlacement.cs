using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Snakepit.Grains;

/// <summary>Places a grain on the silo whose address is its key.</summary>
[GenerateSerializer]
[Immutable]
[Alias("snakepit.named-silo-placement")]
internal sealed class NamedSiloPlacement : PlacementStrategy
{
    public static NamedSiloPlacement Instance { get; } = new();
}

/// <inheritdoc cref="NamedSiloPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NamedSiloPlacementAttribute() : PlacementAttribute(NamedSiloPlacement.Instance);

/// <inheritdoc cref="NamedSiloPlacement"/>
internal sealed class NamedSiloPlacementDirector : IPlacementDirector
{
    /// <exception cref="OrleansException">There is no such silo, or not any more.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var named = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(named)
            ? Task.FromResult(named)
            : throw new OrleansException($"silo {named} is no member of the cluster");
    }
}
