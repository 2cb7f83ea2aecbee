using System.Runtime.CompilerServices;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Sessions.Values;

namespace Snakepit.Storage.Hosting;

/// <summary>What a variable was: read from the log, on which it follows the chain of the variable's values.</summary>
public sealed partial class SessionHost
{
    // Large values make even a few versions heavy: they are read this many at a time.
    private const int HistoryPage = 8;

    // What one answer may hold; a client takes 4 MiB unless told otherwise.
    private const int HistoryBytes = 64 * 1024 * 1024;

    private async ValueTask<Outcome<IMessage>> ReadHistoryAsync(
        GetVariableHistoryRequest request, Requester requester, CancellationToken cancellation)
    {
        if (request.Limit < 0)
        {
            return Refusal.Invalid($"limit must not be negative, got {request.Limit}");
        }

        var (refusal, variable, kept) = FindForHistory(request.VariableIdentifier, requester);
        if (variable is null)
        {
            return refusal!;
        }

        var limit = request.Limit == 0 ? kept : Math.Min(request.Limit, kept);
        var response = new GetVariableHistoryResponse();
        var bytes = 0;
        await foreach (var change in WalkAsync(variable, limit, cancellation).ConfigureAwait(false))
        {
            var update = StoredUpdates.Parse(change);
            if (!WasVisible(update.Variable, variable, requester))
            {
                continue;
            }

            var entry = ToEntry(update);
            bytes += entry.CalculateSize();
            if (bytes > HistoryBytes)
            {
                return Refusal.Exhausted(
                    $"the newest {response.Entries.Count + 1} versions of {variable.Name} have more than {HistoryBytes} bytes, which is the limit of one answer; ask with a limit of {response.Entries.Count}");
            }

            response.Entries.Add(entry);
        }

        return response;
    }

    private async ValueTask<Outcome<IMessage>> RollBackAsync(
        RollbackVariableRequest request, Requester requester, CancellationToken cancellation)
    {
        var (refusal, variable, kept) = FindForHistory(request.VariableIdentifier, requester);
        if (refusal == Moved)
        {
            return Moved;
        }

        // Even where there is nothing to go back to the command must run: it may be one that was answered before.
        HistoricalValue? target = null;
        if (variable is not null && request.TargetVersion >= 0 && request.TargetVersion <= variable.Version &&
            variable.Version - request.TargetVersion < kept)
        {
            target = await ReadVersionAsync(variable, request.TargetVersion, requester, cancellation).ConfigureAwait(false);
        }

        return await ExecuteAsync(new SessionCommand(request, target) { Requester = requester }).ConfigureAwait(false);
    }

    // Versions are dense, so the one sought is that many steps down the chain.
    private async ValueTask<HistoricalValue?> ReadVersionAsync(
        VariableState variable, int version, Requester requester, CancellationToken cancellation)
    {
        var steps = variable.Version - version + 1;
        await foreach (var change in WalkAsync(variable, steps, cancellation).ConfigureAwait(false))
        {
            if (--steps == 0)
            {
                var found = StoredUpdates.Parse(change).Variable;
                return WasVisible(found, variable, requester)
                    ? new HistoricalValue(found.Id, found.Version, Value.FromStored(found.Value, found.BinaryValue))
                    : null;
            }
        }

        return null;
    }

    // By the list of that time: one that was relaxed since opens what comes after it. Who asks may see it now.
    private static bool WasVisible(Variable then, VariableState now, Requester requester) =>
        then.AccessControlJson == now.AccessControlJson || VariableAccess.OfStored(then.AccessControlJson)?.MayRead(requester) != false;

    private async IAsyncEnumerable<StoredChange> WalkAsync(
        VariableState variable, int limit, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var next = variable.ValueRevision;
        while (limit > 0 && next != 0)
        {
            var count = Math.Min(limit, HistoryPage);
            var page = await _context.Store.ReadChainAsync(Key, next, count, cancellation).ConfigureAwait(false);
            foreach (var change in page)
            {
                yield return change;
            }

            if (page.Count < count)
            {
                yield break;
            }

            limit -= count;
            next = page[^1].Record.Previous;
        }
    }

    private (Refusal? Refusal, VariableState? Variable, int Kept) FindForHistory(string identifier, Requester requester)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return (Moved, null, 0);
            }

            if (_state is null)
            {
                return (Refusal.SessionNotFound(Key.SessionId), null, 0);
            }

            return _state.TryFind(identifier, requester, out var variable)
                ? (null, variable.Open(), _state.HistoryLimit(_context.Settings))
                : (Refusal.VariableNotFound(identifier), null, 0);
        }
    }

    private static VariableHistoryEntry ToEntry(VariableUpdate update)
    {
        var entry = new VariableHistoryEntry
        {
            Version = update.Variable.Version,
            Value = update.Variable.Value,
            Timestamp = update.Timestamp,
            ChangedBy = update.UpdateMetadata.TryGetValue(Metadata.ChangedByKey, out var changedBy)
                ? changedBy
                : update.UpdateSource,
        };
        entry.Metadata.Add(update.UpdateMetadata);
        return entry;
    }
}
