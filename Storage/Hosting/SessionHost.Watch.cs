using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Storage.Hosting;

/// <summary>Where a watch begins: the snapshot and the revision it is of are one step under the lock.</summary>
public sealed partial class SessionHost
{
    private const int ScanPageBytes = 1024 * 1024;

    private async ValueTask<Outcome<IMessage>> StartWatchAsync(
        WatchVariablesRequest request, Requester requester, CancellationToken cancellation)
    {
        var start = new WatchStart();
        HashSet<string>? unknown;
        List<KeptVariable>? initial = null;
        long? from = null;
        lock (_gate)
        {
            if (_closed)
            {
                return Moved;
            }

            if (_state is null)
            {
                return NotFound();
            }

            unknown = Resolve(_state, request, requester, start);
            if (_state.HiddenFrom(requester) is { Count: > 0 } hidden)
            {
                start.Hidden.AddRange(hidden);
            }

            start.HiddenUntil = _state.Revision;
            if (request.HasFromRevision)
            {
                from = FromBeginning(_state, request.FromRevision);
                start.Resync = from < _floor || from > _state.Revision;
            }

            if (unknown is null)
            {
                initial = Begin(_state, request, requester, from, start);
            }
            else if (start.Resync || !request.HasFromRevision)
            {
                return Missing(unknown);
            }
        }

        if (unknown is null)
        {
            AddInitialValues(start, initial!);
            return start;
        }

        if (!await FindInLogAsync(from.GetValueOrDefault(), unknown, requester, start, cancellation).ConfigureAwait(false))
        {
            return Missing(unknown);
        }

        lock (_gate)
        {
            if (_closed)
            {
                return Moved;
            }

            Begin(_state!, request, requester, from, start);
        }

        return start;
    }

    // Who asks from 0 has seen nothing. Of a session that began above 0 there is nothing to see before its beginning.
    private long FromBeginning(SessionState state, long revision) =>
        revision == 0 && _floor == state.Header.BaseRevision ? _floor : revision;

    // Identifiers that name nothing now are left over; the log may know them. Null = none is.
    private static HashSet<string>? Resolve(
        SessionState state, WatchVariablesRequest request, Requester requester, WatchStart start)
    {
        HashSet<string>? unknown = null;
        for (var n = 0; n < request.VariableIdentifiers.Count; n++)
        {
            var identifier = request.VariableIdentifiers[n];
            if (state.TryFindById(identifier, out var variable) && variable.IsVisibleTo(requester))
            {
                start.Ids.Add(identifier);
            }
            else if (state.TryFindByName(identifier, out variable) && variable.IsVisibleTo(requester))
            {
                start.Names.Add(identifier);
            }
            else
            {
                unknown ??= new HashSet<string>(StringComparer.Ordinal);
                unknown.Add(identifier);
            }
        }

        return unknown;
    }

    // Fixes the start point; answers with the variables whose values the snapshot consists of.
    private static List<KeptVariable> Begin(
        SessionState state, WatchVariablesRequest request, Requester requester, long? from, WatchStart start)
    {
        start.CreatedAt = UnixTime.ToMicroseconds(state.Header.CreatedAt.ToDateTimeOffset());
        start.Snapshot = start.Resync || (request.IncludeInitialValues && from is null);
        start.Revision = start.Resync ? state.Revision : from ?? state.Revision;
        return start.Snapshot ? new Selection(start.Ids, start.Names, request.Patterns).In(state, requester) : [];
    }

    private void AddInitialValues(WatchStart start, List<KeptVariable> variables)
    {
        var now = Timestamp.FromDateTimeOffset(_context.Time.GetUtcNow());
        start.Initial.Capacity = variables.Count;
        foreach (var variable in variables)
        {
            start.Initial.Add(new EncodedInitialValue
            {
                VariableId = variable.Id,
                Variable = variable.Wire,
                Timestamp = now,
                UpdateType = UpdateType.InitialValue,
            }.ToByteString());
        }
    }

    private async ValueTask<bool> FindInLogAsync(
        long afterRevision, HashSet<string> unknown, Requester requester, WatchStart start, CancellationToken cancellation)
    {
        while (unknown.Count > 0)
        {
            var page = await _context.Store.ReadLogAsync(Key, afterRevision, ScanPageBytes, cancellation).ConfigureAwait(false);
            if (page is null || page.Commits.Count == 0)
            {
                return false;
            }

            foreach (var change in page.Commits.SelectMany(commit => commit.Changes))
            {
                var update = VariableUpdate.Parser.ParseFrom(change.Record.Update);
                if (update.Revision <= afterRevision || IsHidden(update, requester, start))
                {
                    continue;
                }

                if (unknown.Remove(update.VariableId))
                {
                    start.Ids.Add(update.VariableId);
                }

                if (unknown.Remove(update.Variable.Name))
                {
                    start.Names.Add(update.Variable.Name);
                }
            }

            afterRevision = page.Commits[^1].LastRevision;
        }

        return true;
    }

    private static bool IsHidden(VariableUpdate update, Requester requester, WatchStart start) =>
        start.Hidden.Contains(update.VariableId) || VariableAccess.OfStored(update.Variable.AccessControlJson)?.MayRead(requester) == false;

    private static Refusal Missing(HashSet<string> unknown) =>
        Refusal.VariableNotFound(string.Join(", ", unknown.Order(StringComparer.Ordinal)));
}
