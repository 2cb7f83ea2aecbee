using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Bridge.Handlers;

/// <summary>Tells who changed what in a session, from its log.</summary>
internal sealed class SessionAudit(ISessions sessions, SessionLimits limits, ILogger logger)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1_000;

    /// <summary>Bytes of the log that are read at a time.</summary>
    private const int StepBytes = 1024 * 1024;

    /// <summary>An entry of the method table.</summary>
    public RpcMethod Entry(string service) => new UnaryMethod<ReadAuditRequest, ReadAuditResponse>(
        service, "ReadAudit", ReadAuditRequest.Parser, ReadAsync)
    {
        Access = MethodAccess.OnSession<ReadAuditRequest>(Rights.Administer, static r => r.SessionId),
    };

    private async ValueTask<RpcResult<ReadAuditResponse>> ReadAsync(ReadAuditRequest request, RpcCall call)
    {
        var refusal = Names.Check(request.SessionId, "session_id", limits)
            ?? (request.PageSize is < 0 or > LargestPage
                ? Refusal.Invalid($"page_size must lie between 0 and {LargestPage}, got {request.PageSize}")
                : request.AfterRevision < 0 ? Refusal.Invalid($"after_revision must not be negative, got {request.AfterRevision}") : null);
        if (refusal is not null)
        {
            return refusal.ToStatus();
        }

        return await ReadCheckedAsync(request, call).OrUnavailableAsync(logger, request.SessionId).ConfigureAwait(false);
    }

    private async ValueTask<RpcResult<ReadAuditResponse>> ReadCheckedAsync(ReadAuditRequest request, RpcCall call)
    {
        var key = call.Principal.KeyOf(request.SessionId);
        var size = request.PageSize == 0 ? DefaultPage : request.PageSize;
        var response = new ReadAuditResponse();
        var after = request.AfterRevision;
        while (await sessions.ReadLogAsync(key, after, StepBytes, call.Cancellation).ConfigureAwait(false) is { } page)
        {
            response.Floor = page.Floor;
            foreach (var change in page.Commits.SelectMany(static commit => commit.Changes))
            {
                if (ToEntry(change) is var entry && entry.Revision > after && IsAskedFor(request, entry))
                {
                    response.Entries.Add(entry);
                    if (response.Entries.Count == size)
                    {
                        response.NextAfterRevision = entry.Revision;
                        return response;
                    }
                }
            }

            if (page.Commits.Count == 0)
            {
                return response;
            }

            after = page.Commits[^1].LastRevision;
        }

        return Refusal.SessionNotFound(request.SessionId).ToStatus();
    }

    private static bool IsAskedFor(ReadAuditRequest request, AuditEntry entry) =>
        (request.Since is null || entry.Time >= request.Since) &&
        (request.VariableIdentifier.Length == 0
            || request.VariableIdentifier == entry.VariableName || request.VariableIdentifier == entry.VariableId);

    private static AuditEntry ToEntry(StoredChange change)
    {
        var update = StoredUpdates.Parse(change);
        return new AuditEntry
        {
            Revision = update.Revision,
            Time = update.Timestamp,
            VariableId = update.VariableId,
            VariableName = update.Variable.Name,
            UpdateType = update.UpdateType,
            Version = update.Variable.Version,
            Principal = change.Record.Principal,
            ChangedBy = update.UpdateMetadata.GetValueOrDefault(Metadata.ChangedByKey) ?? "",
            Source = update.UpdateSource,
        };
    }
}
