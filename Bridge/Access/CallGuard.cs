using System.Globalization;
using Google.Protobuf;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Access;

/// <summary>
/// Stands before the handler of every entry of a method table: there, once, it is judged whether the caller may make
/// the call. A server that nobody closed has none.
/// </summary>
/// <param name="refusals">Told of each call that is refused.</param>
/// <param name="limits">Counts what callers ask for.</param>
public sealed class CallGuard(CallRefusals refusals, CallLimits limits)
{
    /// <summary>What is shown of a session id that a caller sent: it may be as long as a message.</summary>
    private const int LongestShown = 128;

    /// <summary>The words for a caller that does not have these rights there.</summary>
    public static string Lacks(Principal principal, Rights rights, string sessionId) =>
        $"{principal.Name} does not have the right {(rights & ~principal.On(sessionId)).Names()} on session {Shown(sessionId)}";

    /// <summary>The entry with its judge before it.</summary>
    internal RpcMethod Guard(RpcMethod method)
    {
        var guarded = new Guarding(this);
        method.Accept(guarded);
        return guarded.Method!;
    }

    /// <summary>The status that refuses a call; null = it may be made.</summary>
    /// <param name="method">What is called.</param>
    /// <param name="request">The request; null where the call is a stream of them.</param>
    /// <param name="call">The call.</param>
    private RpcStatus? Judge(RpcMethod method, IMessage? request, RpcCall call)
    {
        var (access, principal) = (method.Access!, call.Principal);
        if (ReferenceEquals(principal, Principal.Unrestricted))
        {
            return null;
        }

        var sessionId = request is null ? null : access.SessionOf(request);
        if (WhyNot(access, sessionId, call) is { } reason)
        {
            // It is a call of the principal's all the same; to the session it is none.
            return limits.Count(principal, sessionId: null, request) is { } flood
                ? Refuse(flood, method, sessionId, call)
                : Refuse(RefusalReason.Permission, RpcCode.PermissionDenied, method, sessionId, call, reason);
        }

        return limits.Count(principal, sessionId, request) is { } beyond ? Refuse(beyond, method, sessionId, call) : null;
    }

    private IRequestStream<T> Slow<T>(IRequestStream<T> requests, Principal principal)
        where T : class, IMessage<T> => principal.Limits.BytesPerSecond is null ? requests : limits.Slow(requests, principal);

    /// <summary>Runs a watch, if its caller and its session may have one more.</summary>
    private async Task<RpcStatus> WatchAsync(RpcMethod method, string sessionId, RpcCall call, Func<Task<RpcStatus>> run)
    {
        var (lease, beyond) = ReferenceEquals(call.Principal, Principal.Unrestricted)
            ? default
            : limits.BeginWatch(call.Principal, sessionId);
        using (lease)
        {
            if (beyond is not null)
            {
                return Refuse(beyond, method, sessionId, call);
            }

            // It knows the request, which must not stay in memory as long as the watch.
            var running = run();
            run = null!;
            return await running;
        }
    }

    private static string? WhyNot(MethodAccess access, string? sessionId, RpcCall call)
    {
        var principal = call.Principal;
        if (access.MayBeRelayed && call.Header(RpcHeaders.ToolHost) is { Length: > 0 })
        {
            return principal.MayEverywhere(Rights.Relay) ? null : $"{principal.Name} is no gateway: it may not name the host of a tool";
        }

        return access.Scope switch
        {
            AccessScope.Session => principal.May(access.Rights, sessionId!) ? null : Lacks(principal, access.Rights, sessionId!),
            AccessScope.Somewhere => principal.MaySomewhere(access.Rights)
                ? null
                : $"{principal.Name} does not have the right {access.Rights.Names()} on any session",
            AccessScope.Everywhere => principal.MayEverywhere(access.Rights)
                ? null
                : $"{principal.Name} does not have the right {access.Rights.Names()} on every session",
            _ => null,
        };
    }

    private RpcStatus Refuse(LimitReached beyond, RpcMethod method, string? sessionId, RpcCall call)
    {
        if (beyond.RetryAfter is { } wait)
        {
            call.SetTrailer(RpcHeaders.RetryPushback, Math.Ceiling(wait.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture));
        }

        return Refuse(RefusalReason.Limit, RpcCode.ResourceExhausted, method, sessionId, call, beyond.Message);
    }

    private RpcStatus Refuse(RefusalReason kind, RpcCode code, RpcMethod method, string? sessionId, RpcCall call, string reason)
    {
        refusals.Note(kind, method, call.Principal.Name, call.Peer, sessionId is null ? "" : Shown(sessionId), reason);
        return new RpcStatus(code, reason);
    }

    private static string Shown(string sessionId) => sessionId.Length <= LongestShown ? sessionId : $"{sessionId[..LongestShown]}…";

    private sealed class Guarding(CallGuard guard) : IRpcMethodVisitor
    {
        public RpcMethod? Method { get; private set; }

        public void Visit<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage =>
            Method = new UnaryMethod<TRequest, TResponse>(
                method.Service,
                method.Name,
                method.Parser,
                (request, call) => guard.Judge(method, request, call) is { } refusal ? new(refusal) : method.Handler(request, call))
            {
                Access = method.Access,
            };

        public void Visit<TRequest>(ServerStreamingMethod<TRequest> method)
            where TRequest : class, IMessage<TRequest> =>
            Method = new ServerStreamingMethod<TRequest>(
                method.Service,
                method.Name,
                method.Parser,
                (request, responses, call) => guard.Judge(method, request, call) is { } refusal ? Task.FromResult(refusal)
                    : method.Access!.IsWatch
                        ? guard.WatchAsync(
                            method, method.Access.SessionOf(request)!, call, () => method.Handler(request, responses, call))
                    : method.Handler(request, responses, call))
            {
                Access = method.Access,
            };

        public void Visit<TRequest>(DuplexMethod<TRequest> method)
            where TRequest : class, IMessage<TRequest> =>
            Method = new DuplexMethod<TRequest>(
                method.Service,
                method.Name,
                method.Parser,
                (requests, responses, call) => guard.Judge(method, request: null, call) is { } refusal
                    ? Task.FromResult(refusal)
                    : method.Handler(guard.Slow(requests, call.Principal), responses, call))
            {
                Access = method.Access,
            };
    }
}
