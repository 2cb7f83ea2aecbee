using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Transport;

/// <summary>
/// One call. Made anew for each, never reused: a timer or a handler that comes late meets its own call,
/// not another's. Exactly one of the handler's end and an earlier one, as by the deadline, settles the status.
/// </summary>
internal sealed partial class ServerCall : RpcCall
{
    private const int Open = 0;
    private const int EndedByHandler = 1;
    private const int EndedEarly = 2;

    /// <summary>HTTP/2's error code CANCEL.</summary>
    private const int ResetCancel = 8;

    /// <summary>HTTP/2's error code ENHANCE_YOUR_CALM, which gRPC's clients take for RESOURCE_EXHAUSTED.</summary>
    private const int ResetCalm = 11;

    /// <summary>The status that a passed deadline ends a call with.</summary>
    public static readonly RpcStatus DeadlineExceeded = new(RpcCode.DeadlineExceeded, "the call's deadline has passed");
    private static readonly RpcStatus Cancelled = new(RpcCode.Cancelled, "the caller has gone");
    private static readonly RpcStatus ShuttingDown = new(RpcCode.Unavailable, "the server is shutting down");

    private readonly ServerContext _server;
    private readonly BoundMethod? _method;
    private readonly long _arrived;
    private readonly Activity? _span;
    private TimeSpan? _timeout;
    private CallDeadline? _deadline;
    private Dictionary<string, string>? _trailers;
    private string? _requestEncoding;
    private int _end = Open;

    public ServerCall(HttpExchange http, ServerContext server, BoundMethod? method)
    {
        Http = http;
        _server = server;
        _method = method;
        _arrived = Observer is null ? 0 : http.LatestRead?.Timestamp ?? server.TimeProvider.GetTimestamp();
        _span = method is null ? null : CallTracing.BeginServed(method.Method, http, server.TraceRatio);
        http.Response.Headers.ContentType = GrpcNames.ContentType;
    }

    private IMethodObserver? Observer => _method is null ? _server.UnknownObserver : _method.Observer;

    /// <summary>Also what <see cref="WritingTurn"/> locks.</summary>
    public HttpExchange Http { get; }

    /// <summary>Bytes a request may have, after decompression too.</summary>
    public int MaxReceiveMessageSize => _server.MaxReceiveMessageSize;

    public RequestBody Body => new(
        Http.RequestBody.Reader,
        new MessageDecoder(MaxReceiveMessageSize, _requestEncoding, RpcCode.InvalidArgument),
        this);

    /// <summary>
    /// Large responses go out as gzip: asked for by a caller that compresses itself and accepts gzip.
    /// One that merely accepts it, as every client does, is not slowed by it.
    /// </summary>
    public bool CompressResponses { get; private set; }

    /// <summary>A message is in the buffer, so the status must go into trailers. Within a turn.</summary>
    public bool HasWritten { get; set; }

    /// <summary>The last flush that had to wait for the caller's flow control. Set within a turn; read by any thread.</summary>
    public Task<FlushResult>? Flush { get; set; }

    public bool HasEnded => _end != Open;

    /// <summary>Something else was first: the caller has its status, whatever the handler still does.</summary>
    public bool HasEndedEarly => _end == EndedEarly;

    /// <summary>Whether it can end before its handler does: by its deadline, or as its caller may be revoked. Known before the handler runs.</summary>
    public bool MayEndEarly => _timeout is not null || _deadline is not null;

    /// <summary>How the handler ended the call; null while it has not, and where something else did.</summary>
    public RpcStatus? Status { get; private set; }

    /// <summary>Whether it still waits. To be asked by any thread.</summary>
    public bool IsFlushing => Flush is { IsCompleted: false };

    public override string Peer => CallPeer.Format(Http.Connection);

    public override TimeSpan? Timeout => _timeout;

    public override CancellationToken Cancellation => Deadline()?.Token ?? Http.Lifetime.RequestAborted;

    public override string? Header(string name)
    {
        var values = Http.Request.Headers[name];
        return values.Count == 0 ? null : values.ToString();
    }

    public override void SetHeader(string name, string value)
    {
        Metadata.Validate(name, value);
        using var turn = new WritingTurn(this);
        if (HasEndedEarly)
        {
            // Its status has gone out, headers and all: no mistake of the handler's.
            throw new OperationCanceledException("the call has ended before its handler");
        }

        if (Http.Response.HasStarted)
        {
            throw new InvalidOperationException($"header {name} comes too late: the response headers have been sent");
        }

        Http.Response.Headers[name] = value;
    }

    public override void SetTrailer(string name, string value)
    {
        Metadata.Validate(name, value);
        _trailers ??= new Dictionary<string, string>(StringComparer.Ordinal);
        _trailers[name] = value;
    }

    /// <summary>Settles the status. Kestrel sends it, with what is buffered, when the call's task completes.</summary>
    public void End(RpcStatus status)
    {
        if (!TrySettle(EndedByHandler, status.Code))
        {
            return;
        }

        Status = status;
        if (IsFlushing)
        {
            // The caller does not read: a status would wait behind the rest for ever.
            Http.Stream.Reset(status.Code == RpcCode.ResourceExhausted ? ResetCalm : ResetCancel);
        }
        else
        {
            WriteStatus(status, _trailers);
        }
    }

    public void Answer<T>(RpcResult<T> result)
        where T : class, IMessage
    {
        var status = result.Status;
        if (TrySettle(EndedByHandler, status.Code))
        {
            Status = status;
            if (result.Message is { } message)
            {
                Framing.WriteMessage(Http.ResponseBody.Writer, message, CompressResponses);
                HasWritten = true;
            }

            WriteStatus(status, _trailers);
        }
    }

    /// <summary>Settles the status of a call whose handler, or whose request, failed.</summary>
    public void Fail(Exception exception)
    {
        if (HasEndedEarly)
        {
            if (exception is not (OperationCanceledException or RpcException))
            {
                _server.Logger.FailedAfterDeadline(_method!.Method.Path, exception);
            }

            return;
        }

        switch (exception)
        {
            case RpcException refusal:
                foreach (var (name, value) in refusal.Trailers)
                {
                    SetTrailer(name, value);
                }

                End(refusal.Status);
                break;
            case CallerGoneException:
            case OperationCanceledException when Http.Lifetime.RequestAborted.IsCancellationRequested:
                End(Cancelled);
                break;
            case OperationCanceledException when _server.Draining.IsCancellationRequested:
                End(ShuttingDown);
                break;
            default:
                var id = Random.Shared.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
                _server.Logger.CallFailed(_method!.Method.Path, id, exception);
                End(new RpcStatus(RpcCode.Internal, $"internal error, correlation id {id}"));
                break;
        }
    }

    /// <summary>
    /// Awaited last: while the status of an early end is on its way, Kestrel must not reuse the stream.
    /// </summary>
    public Task SettledAsync()
    {
        EndIncomplete();
        return HasEndedEarly ? _deadline!.Sent : Task.CompletedTask;
    }

    /// <summary>Ends it before its handler does. False = the handler was first.</summary>
    public bool TryEndEarly(RpcStatus status, out Task sent)
    {
        sent = Task.CompletedTask;
        if (!TrySettle(EndedEarly, status.Code))
        {
            return false;
        }

        using (new WritingTurn(this))
        {
            if (IsFlushing)
            {
                // The caller does not read: a status would wait behind the rest for ever.
                Http.Stream.Reset(ResetCancel);
            }
            else
            {
                WriteStatus(status, trailers: null);
                sent = Http.ResponseBody.CompleteAsync();
            }
        }

        return true;
    }

    /// <summary>Wakes a handler that waits for the caller's next bytes.</summary>
    public void CancelPendingRead() => Http.RequestBody.Reader.CancelPendingRead();

    public void LogCallbackFailure(Exception exception) =>
        _server.Logger.CancellationCallbackFailed(_method!.Method.Path, exception);

    private bool TrySettle(int end, RpcCode code)
    {
        if (Interlocked.CompareExchange(ref _end, end, Open) != Open)
        {
            return false;
        }

        _deadline?.Dispose();
        _revocation?.Dispose();
        CallTracing.End(_span, code);
        if (Observer is { } observer)
        {
            observer.CallEnded(code, _server.TimeProvider.GetElapsedTime(_arrived));
        }

        return true;
    }

    private void WriteStatus(RpcStatus status, Dictionary<string, string>? trailers) =>
        StatusTrailers.Write(Http, HasWritten, status, trailers);
}
