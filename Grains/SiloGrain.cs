using Orleans.Concurrency;
using Snakepit.Protocol.Storing;

namespace Snakepit.Grains;

/// <summary>Answers for the silo it is on.</summary>
[Reentrant]
[GrainType("silo")]
[NamedSiloPlacement]
internal sealed class SiloGrain(SiloSessions silo, ILocalSiloDetails local) : Grain, ISiloGrain
{
    private readonly string _address = local.SiloAddress.ToParsableString();

    public ValueTask<List<string>> FindActiveAsync(List<string> keys) =>
        new(keys.Where(key => silo.Directory.IsActive(SessionGrainKey.Parse(key))).ToList());

    public ValueTask<WireMessage> DescribeActiveAsync(List<string> keys)
    {
        var found = new ActiveSessions();
        foreach (var (key, summary) in silo.Directory.Describe(keys.Select(SessionGrainKey.Parse)))
        {
            summary.Silo = _address;
            found.Sessions[SessionGrainKey.Of(key)] = summary;
        }

        return new(new WireMessage(found));
    }

    public ValueTask<int> CountActiveAsync() => new(silo.Directory.ActiveCount);
}
