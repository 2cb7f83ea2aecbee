using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Bridge.Handlers;

/// <summary>The administrative service, <c>snakepit.sessions.v1.Sessions</c>.</summary>
/// <param name="sessions">Those that are served.</param>
/// <param name="watches">The watches of this process.</param>
/// <param name="server">What the process is.</param>
/// <param name="limits">What a request may ask of a session.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Refusals go there.</param>
public sealed class AdministrationService(
    ISessions sessions,
    WatchHub watches,
    IServerDescription server,
    SessionLimits limits,
    TimeProvider time,
    ILogger<AdministrationService> logger)
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1_000;
    private const int MostWatchers = 1_000;

    private readonly SessionCalls _calls = new(sessions, limits, logger);

    public static ServiceContract Contract { get; } = new(
        "snakepit.sessions.v1.Sessions", static () => SnakepitSessionsReflection.Descriptor.Services[0]);

    public IEnumerable<RpcMethod> Methods =>
    [
        new UnaryMethod<ListSessionsRequest, ListSessionsResponse>(
            Contract.Name,
            "ListSessions",
            ListSessionsRequest.Parser,
            (request, call) => ListSessionsAsync(request, call).OrUnavailableAsync(logger, "*"))
        {
            Access = MethodAccess.Somewhere(Rights.Read),
        },
        _calls.Entry<UpdateVariableRequest, EncodedUpdateVariableResponse>(
            Contract.Name, "UpdateVariable", UpdateVariableRequest.Parser, Rights.Read | Rights.Write, static r => r.SessionId),
        new SessionAudit(sessions, limits, logger).Entry(Contract.Name),
        new UnaryMethod<DescribeServerRequest, DescribeServerResponse>(
            Contract.Name, "DescribeServer", DescribeServerRequest.Parser, DescribeServerAsync)
        {
            Access = MethodAccess.Authenticated,
        },
        new UnaryMethod<DescribeSessionRequest, DescribeSessionResponse>(
            Contract.Name, "DescribeSession", DescribeSessionRequest.Parser, DescribeSessionAsync)
        {
            Access = MethodAccess.OnSession<DescribeSessionRequest>(Rights.Read, static r => r.SessionId),
        },
        new UnaryMethod<ListWatchersRequest, ListWatchersResponse>(
            Contract.Name, "ListWatchers", ListWatchersRequest.Parser, (request, call) => new(ListWatchers(request, call)))
        {
            Access = MethodAccess.OnSession<ListWatchersRequest>(Rights.Administer, static r => r.SessionId),
        },
        _calls.Entry<ListDependenciesRequest, ListDependenciesResponse>(
            Contract.Name, "ListDependencies", ListDependenciesRequest.Parser, Rights.Read, static r => r.SessionId),
    ];

    private async ValueTask<RpcResult<DescribeServerResponse>> DescribeServerAsync(DescribeServerRequest request, RpcCall call)
    {
        var description = await server.DescribeAsync(call.Cancellation).ConfigureAwait(false);
        description.ServerTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        if (!call.Principal.MayEverywhere(Rights.Administer))
        {
            // How much there is of what belongs to others, and where, is for who administers.
            return new DescribeServerResponse
            {
                Kind = description.Kind,
                Version = description.Version,
                StartedAt = description.StartedAt,
                ServerTime = description.ServerTime,
                Store = description.Store,
            };
        }

        description.WatcherCount = watches.WatcherCount;
        return description;
    }

    private async ValueTask<RpcResult<DescribeSessionResponse>> DescribeSessionAsync(DescribeSessionRequest request, RpcCall call)
    {
        if (Names.Check(request.SessionId, "session_id", limits) is { } badId)
        {
            return badId.ToStatus();
        }

        var key = call.Principal.KeyOf(request.SessionId);
        var active = await sessions.FindActiveAsync([key], call.Cancellation).ConfigureAwait(false);
        return active.TryGetValue(key, out var summary)
            ? new DescribeSessionResponse { Session = summary }
            : new RpcStatus(RpcCode.NotFound, $"session {request.SessionId} is not in memory");
    }

    private RpcResult<ListWatchersResponse> ListWatchers(ListWatchersRequest request, RpcCall call) =>
        Names.Check(request.SessionId, "session_id", limits) is { } badId
            ? badId.ToStatus()
            : watches.Describe(call.Principal.KeyOf(request.SessionId), MostWatchers);

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
                    if (active.TryGetValue(stored.Key, out var summary))
                    {
                        response.Sessions.Add(summary);
                    }
                    else if (stored.ExpiresAt < time.GetUtcNow())
                    {
                        continue;
                    }
                    else
                    {
                        response.Sessions.Add(ToSummary(stored));
                    }

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

    private static SessionSummary ToSummary(Storage.StoredSummary stored)
    {
        var summary = new SessionSummary
        {
            SessionId = stored.Key.SessionId,
            CreatedAt = stored.Header.CreatedAt,
            ExpiresAt = Timestamp.FromDateTimeOffset(stored.ExpiresAt),
        };
        summary.Metadata.Add(stored.Header.Metadata);
        return summary;
    }
}
