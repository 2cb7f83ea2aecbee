using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Protocol;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Bridge.Handlers;

/// <summary>The administrative service, <c>snakepit.sessions.v1.Sessions</c>.</summary>
public sealed class AdministrationService(
    ISessions sessions, SessionLimits limits, TimeProvider time, ILogger<AdministrationService> logger)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1_000;

    public static ServiceContract Contract { get; } = new(
        "snakepit.sessions.v1.Sessions", static () => SnakepitSessionsReflection.Descriptor.Services[0]);

    public IEnumerable<RpcMethod> Methods =>
    [
        new UnaryMethod<ListSessionsRequest, ListSessionsResponse>(
            Contract.Name, "ListSessions", ListSessionsRequest.Parser, ListSessionsAsync)
        {
            Access = MethodAccess.Somewhere(Rights.Read),
        },
        new SessionCalls(sessions, limits, logger).Entry<UpdateVariableRequest, EncodedUpdateVariableResponse>(
            Contract.Name, "UpdateVariable", UpdateVariableRequest.Parser, Rights.Read | Rights.Write, static r => r.SessionId),
        new SessionAudit(sessions, limits).Entry(Contract.Name),
    ];

    private async ValueTask<RpcResult<ListSessionsResponse>> ListSessionsAsync(ListSessionsRequest request, RpcCall call)
    {
        if (request.PageSize is < 0 or > LargestPage)
        {
            return new RpcStatus(
                RpcCode.InvalidArgument, $"page_size must lie between 0 and {LargestPage}, got {request.PageSize}");
        }

        var size = request.PageSize == 0 ? DefaultPage : request.PageSize;
        var pattern = request.Pattern.Length == 0 ? null : new Wildcard(request.Pattern);
        var response = new ListSessionsResponse();
        var after = request.PageToken;
        while (true)
        {
            // Whatever the pattern leaves out, a step reads a bounded piece of the list.
            var step = await sessions.ListAsync(call.Principal.Tenant, after, LargestPage, call.Cancellation).ConfigureAwait(false);
            var matching = step
                .Where(stored => pattern is null || pattern.Matches(stored.Key.SessionId))
                .Where(stored => call.Principal.May(Rights.Read, stored.Key.SessionId))
                .ToList();
            foreach (var some in matching.Chunk(size))
            {
                var active = await sessions
                    .FindActiveAsync([.. some.Select(stored => stored.Key)], call.Cancellation).ConfigureAwait(false);
                foreach (var stored in some)
                {
                    var isActive = active.Contains(stored.Key);
                    if (!isActive && stored.ExpiresAt < time.GetUtcNow())
                    {
                        continue;
                    }

                    response.Sessions.Add(ToSummary(stored, isActive));
                    if (response.Sessions.Count == size)
                    {
                        response.NextPageToken = stored.Key.SessionId;
                        return response;
                    }
                }
            }

            if (step.Count < LargestPage)
            {
                return response;
            }

            after = step[^1].Key.SessionId;
        }
    }

    private static SessionSummary ToSummary(Storage.StoredSummary stored, bool active)
    {
        var summary = new SessionSummary
        {
            SessionId = stored.Key.SessionId,
            CreatedAt = stored.Header.CreatedAt,
            ExpiresAt = Timestamp.FromDateTimeOffset(stored.ExpiresAt),
            Active = active,
        };
        summary.Metadata.Add(stored.Header.Metadata);
        return summary;
    }
}
