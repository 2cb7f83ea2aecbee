using Orleans.Concurrency;

namespace Snakepit.Grains;

/// <summary>Answers for the silo it is on.</summary>
[Reentrant]
[GrainType("silo")]
[NamedSiloPlacement]
internal sealed class SiloGrain(SiloSessions silo) : Grain, ISiloGrain
{
    public ValueTask<List<string>> FindActiveAsync(List<string> keys) =>
        new(keys.Where(key => silo.Directory.IsActive(SessionGrainKey.Parse(key))).ToList());
}
