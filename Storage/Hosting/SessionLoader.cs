using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>Makes a session's state of what the store has: the checkpoint, and every commit after it on top.</summary>
public static class SessionLoader
{
    /// <summary>The stored session's state; null if there is none.</summary>
    /// <param name="stored">What the store answered.</param>
    /// <param name="checkpoint">Takes note of all that came after the checkpoint, as it is yet to be checkpointed.</param>
    public static SessionState? Load(StoredSession stored, CheckpointTracker checkpoint)
    {
        if (!stored.Exists)
        {
            return null;
        }

        var variables = new Dictionary<string, VariableState>(StringComparer.Ordinal);
        foreach (var row in stored.Variables)
        {
            var variable = FromRow(row);
            variables.Add(variable.Id, variable);
        }

        foreach (var row in stored.Variables)
        {
            foreach (var edge in row.Record.Dependencies)
            {
                Attach(variables, edge);
            }
        }

        var requests = stored.Requests.OrderBy(request => request.Time).ToList();
        var header = WithoutLog(stored.Header);
        var tools = stored.Tools;
        var commitNumber = stored.CommitNumber;
        var revision = stored.Revision;
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var commit in stored.CommitsAfter)
        {
            Apply(variables, commit, checkpoint, written);
            requests.AddRange(commit.Record.Requests);
            checkpoint.NoteRequests(commit.Record.Requests);
            header = commit.Record.Header ?? header;
            tools = commit.Record.Tools ?? tools;
            commitNumber = commit.Number;
            revision = commit.LastRevision;
        }

        var state = new SessionState(
            header ?? throw new InvalidDataException("a stored session has no header"),
            commitNumber,
            revision,
            variables.Values,
            requests,
            tools);
        foreach (var id in written)
        {
            state.NoteWritten(id);
        }

        return state;
    }

    // What the checkpoint says of the log is not the session's; and the store's message must stay as it is.
    private static SessionHeader? WithoutLog(SessionHeader? header)
    {
        if (header?.Log is null)
        {
            return header;
        }

        header = header.Clone();
        header.Log = null;
        return header;
    }

    private static VariableState FromRow(StoredVariable row)
    {
        var message = Variable.Parser.ParseFrom(row.Record.Variable);
        Fill(message, row.Large);
        return VariableDecoder.Decode(message, row.Record.LargeValue, before: null, makesVersion: true) with
        {
            RegisteredAt = row.Record.RegisteredAt,
            ValueRevision = row.Record.ValueRevision,
        };
    }

    private static void Apply(
        Dictionary<string, VariableState> variables, StoredCommit commit, CheckpointTracker checkpoint, HashSet<string> written)
    {
        foreach (var change in commit.Changes)
        {
            var update = VariableUpdate.Parser.ParseFrom(change.Record.Update);
            if (update.UpdateType == UpdateType.Deleted)
            {
                if (variables.Remove(update.VariableId, out var deleted))
                {
                    DependencyGraph.Detach(
                        deleted, variables.GetValueOrDefault, variable => Put(variables, variable, written));
                    checkpoint.NoteRemoved(deleted.Id);
                }

                continue;
            }

            Fill(update.Variable, change.Large);
            var before = variables.GetValueOrDefault(update.VariableId);
            var makesVersion = UpdateType.MakesVersion(update.UpdateType);
            Put(variables, VariableDecoder.Decode(update.Variable, change.Record.LargeValue, before, makesVersion), written);
        }

        foreach (var edge in commit.Record.Dependencies)
        {
            // A later command of the same commit may have deleted the variable that depends.
            if (variables.ContainsKey(edge.FromId) && variables.ContainsKey(edge.ToId))
            {
                Attach(variables, edge);
                written.Add(edge.FromId);
            }
        }

        if (commit.Record.Restored)
        {
            // Whoever holds one of them from before the restore takes this one for the newer.
            foreach (var variable in variables.Values.ToList())
            {
                Put(variables, variable with { Revision = commit.LastRevision }, written);
            }
        }

        if (commit.Record.Tools is not null)
        {
            checkpoint.NoteTools();
        }

        checkpoint.NoteCommit(
            new LogPosition(commit.LastRevision, commit.Number),
            commit.Changes.Count,
            commit.Record.CalculateSize() + LargeValueBytes(commit));
    }

    // Of those that it gave; it may refer to older ones.
    private static long LargeValueBytes(StoredCommit commit) => commit.Changes
        .Where(change => change.Record.LargeValue > commit.LastRevision - commit.Changes.Count)
        .DistinctBy(static change => change.Record.LargeValue)
        .Sum(static change => (long)(change.Large?.CalculateSize() ?? 0));

    private static void Put(Dictionary<string, VariableState> variables, VariableState variable, HashSet<string> written)
    {
        variables[variable.Id] = variable;
        written.Add(variable.Id);
    }

    private static void Attach(Dictionary<string, VariableState> variables, DependencyRecord edge) =>
        (variables[edge.FromId], variables[edge.ToId]) =
            DependencyGraph.Attach(variables[edge.FromId], variables[edge.ToId], edge.Type);

    private static void Fill(Variable message, LargeValue? large)
    {
        if (large is not null)
        {
            message.Value = large.Value;
            message.BinaryValue = large.BinaryValue ?? ByteString.Empty;
        }
    }
}
