using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>What must be true of a session that was under load, lost, and brought back from an older copy.</summary>
/// <param name="session">Its id.</param>
/// <param name="lost">What clients know of it.</param>
internal sealed class RestoredSession(string session, History lost)
{
    /// <summary>
    /// It is as it was at one moment between two revisions; whoever resumes is told so, and no revision returns.
    /// Answers with a revision that it has given out.
    /// </summary>
    /// <param name="client">Of the server that has it now.</param>
    /// <param name="earliest">Acknowledged before the copy was begun.</param>
    /// <param name="latest">Read after the copy was made.</param>
    /// <param name="above">No revision up to here may be given out.</param>
    public async Task<long> CheckAsync(BridgeClient client, long earliest, long latest, long above)
    {
        var revision = (await client.DescribeAsync(session)).Revision;
        Assert.True(revision > above, $"revision {revision} was given out before, as {above} was");
        var restored = await VariablesAsync(client);
        Assert.Contains(StatesBetween(earliest, latest), state => state.SequenceEqual(restored));
        foreach (var known in (long[])[0, lost.Start, earliest, latest, lost.End, lost.End + 1_000, revision + 1])
        {
            await CheckResyncAsync(client, known, restored, revision);
        }

        var variable = Writer.Variables[0];
        var reply = await client.SetAsync(session, variable, "restored");
        Assert.Equal((revision + 1, restored[variable].Version + 1), (reply.Revision, reply.NewVersion));
        var change = Assert.Single(await Changes.ReplayAsync(client, session, revision, revision + 1));
        Assert.Equal(new Change(revision + 1, variable, reply.NewVersion, "restored", restored[variable].Value), change);
        return reply.Revision;
    }

    private async Task CheckResyncAsync(
        BridgeClient client, long known, SortedDictionary<string, (int Version, string Value)> restored, long revision)
    {
        using var watch = client.Watch(new WatchVariablesRequest { SessionId = session, FromRevision = known });
        var first = await watch.ReadAsync().AsTask().Within($"what a watch from {known} is told");
        Assert.Equal((Changes.Resync, known), (first!.UpdateType, known));
        var values = new SortedDictionary<string, (int, string)>(StringComparer.Ordinal);
        while (await watch.ReadAsync().AsTask().Within("the present values") is { UpdateType: Changes.InitialValue } update)
        {
            Assert.Equal(revision, update.Variable.Revision);
            values.Add(update.Variable.Name, (update.Variable.Version, BridgeClient.Unpack(update.Variable.Value)));
        }

        Assert.Equal(restored, values);
    }

    private async Task<SortedDictionary<string, (int Version, string Value)>> VariablesAsync(BridgeClient client) => new(
        (await client.ListAsync(session)).ToDictionary(
            variable => variable.Name, variable => (variable.Version, BridgeClient.Unpack(variable.Value))),
        StringComparer.Ordinal);

    private IEnumerable<SortedDictionary<string, (int Version, string Value)>> StatesBetween(long earliest, long latest)
    {
        var state = new SortedDictionary<string, (int Version, string Value)>(
            Writer.Variables.ToDictionary(name => name, _ => (0, "")), StringComparer.Ordinal);
        if (earliest <= lost.Start)
        {
            yield return state;
        }

        foreach (var change in lost.Log.TakeWhile(change => change.Revision <= latest))
        {
            state[change.Variable] = (change.Version, change.Value);
            if (change.Revision >= earliest)
            {
                yield return state;
            }
        }
    }
}
