using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Bridge.Handlers;

/// <summary>Makes entries of the method table from calls that a session answers.</summary>
/// <param name="sessions">Where the sessions live.</param>
/// <param name="limits">Session ids are checked against them.</param>
/// <param name="logger">Refusals go there.</param>
/// <param name="own">Asked before a session is made; null = none of these entries makes one.</param>
internal sealed class SessionCalls(ISessions sessions, SessionLimits limits, ILogger logger, OwnSessions? own = null)
{
    private readonly ISessions _sessions = sessions;
    private readonly SessionLimits _limits = limits;
    private readonly ILogger _logger = logger;
    private readonly OwnSessions? _own = own;

    /// <summary>An entry whose request is handed to the session it names.</summary>
    /// <param name="service">The service's full name.</param>
    /// <param name="name">The method's name.</param>
    /// <param name="parser">Of the request.</param>
    /// <param name="rights">What its caller needs on that session.</param>
    /// <param name="sessionIdOf">The id of the session it names.</param>
    /// <param name="answered">Called with each answer that is not a refusal.</param>
    public RpcMethod Entry<TRequest, TResponse>(
        string service,
        string name,
        MessageParser<TRequest> parser,
        Rights rights,
        Func<TRequest, string> sessionIdOf,
        Action<TRequest, TResponse, RpcCall>? answered = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage =>
        new UnaryMethod<TRequest, TResponse>(
            service, name, parser, new Handler<TRequest, TResponse>(this, name, sessionIdOf, answered).Handle)
        {
            Access = MethodAccess.OnSession(rights, sessionIdOf),
        };

    // The session may have to be made first, and its caller may have made enough.
    private async ValueTask<Outcome<IMessage>> MakeAsync(OwnSessions made, RpcCall call, string sessionId, int most, IMessage request)
    {
        if (await made.CheckAsync(call.Principal, sessionId, most, call.Cancellation).ConfigureAwait(false) is { } refusal)
        {
            BridgeMetrics.Refused(RefusalReason.Limit);
            return refusal;
        }

        return await _sessions.CallForAsync(call.Principal, sessionId, request, call.Cancellation).ConfigureAwait(false);
    }

    private sealed class Handler<TRequest, TResponse>(
        SessionCalls calls, string name, Func<TRequest, string> sessionIdOf, Action<TRequest, TResponse, RpcCall>? answered)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage
    {
        public ValueTask<RpcResult<TResponse>> Handle(TRequest request, RpcCall call)
        {
            // A session that is there has a name that is in order, and its queries carry no request_id.
            var (principal, sessionId) = (call.Principal, sessionIdOf(request));
            if (calls._sessions.TryAnswer(principal.KeyOf(sessionId), request, principal.RequesterOn(sessionId), out var known))
            {
                return new(Convert(request, call, sessionId, known));
            }

            if (Names.Check(sessionId, "session_id", calls._limits) is { } badId)
            {
                return new(badId.ToStatus());
            }

            if (MintedRequestId.IsMinted(RequestFingerprint.RequestId(request)))
            {
                return new(new RpcStatus(RpcCode.InvalidArgument, "request_id must not begin with U+0001"));
            }

            var answer = principal.Limits.Sessions is { } most && calls._own is { } own && SessionCommands.CreatesSession(request)
                ? calls.MakeAsync(own, call, sessionId, most, request)
                : calls._sessions.CallForAsync(principal, sessionId, request, call.Cancellation);
            return answer.IsCompletedSuccessfully
                ? new(Convert(request, call, sessionId, answer.Result))
                : ConvertAsync(request, call, sessionId, answer);
        }

        private RpcResult<TResponse> Convert(TRequest request, RpcCall call, string sessionId, Outcome<IMessage> outcome)
        {
            if (outcome.IsRefused)
            {
                var status = outcome.Refusal.ToStatus();
                calls._logger.CallRefused(name, sessionId, status.Code);
                return status;
            }

            var response = (TResponse)outcome.Value;
            answered?.Invoke(request, response, call);
            return response;
        }

        private async ValueTask<RpcResult<TResponse>> ConvertAsync(
            TRequest request, RpcCall call, string sessionId, ValueTask<Outcome<IMessage>> pending) =>
            Convert(request, call, sessionId, await pending.ConfigureAwait(false));
    }
}
