using System.Threading.Channels;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract.Support;

/// <summary>
/// A client that serves tools by a stream. What comes down is read as it comes, and kept for the test by kind. One
/// writer at a time.
/// </summary>
public sealed class AttachedClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RpcDuplexStream<HostMessage, ServerMessage> _stream;
    private readonly Channel<ServerMessage> _received = Channel.CreateUnbounded<ServerMessage>();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task<RpcStatus> _reading;
    private long _offers;

    private AttachedClient(BridgeClient client)
    {
        _stream = client.Duplex<HostMessage, ServerMessage>(BridgeClient.ToolsService, "Attach");
        _reading = ReadAsync();
    }

    public string Id { get; private set; } = "";

    /// <summary>Attaches, and awaits the welcome.</summary>
    public static async Task<AttachedClient> StartAsync(BridgeClient client, string? id = null, int maxConcurrentCalls = 0)
    {
        var attached = new AttachedClient(client);
        await attached.SendAsync(new HostMessage
        {
            Hello = new Hello { HostId = id ?? $"host-{Guid.NewGuid():N}", MaxConcurrentCalls = maxConcurrentCalls },
        });
        var welcome = await attached.NextAsync(ServerMessage.ContentOneofCase.Welcome);
        attached.Id = welcome.Welcome.HostId;
        return attached;
    }

    /// <summary>
    /// Opens the stream and sends this first. A server that refuses the caller, whatever it sends, may have ended the stream by
    /// then: <see cref="EndedAsync"/> tells.
    /// </summary>
    public static async Task<AttachedClient> StartRawAsync(BridgeClient client, HostMessage first)
    {
        var attached = new AttachedClient(client);
        try
        {
            await attached.SendAsync(first);
        }
        catch (RpcException)
        {
            Assert.False((await attached.EndedAsync()).IsOk);
        }

        return attached;
    }

    public async Task SendAsync(HostMessage message)
    {
        await _writing.WaitAsync(Patience);
        try
        {
            await _stream.WriteAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<OfferAnswer> OfferAsync(string sessionId, params ToolSpec[] tools)
    {
        var id = ++_offers;
        await SendAsync(new HostMessage { Offer = new Offer { OfferId = id, SessionId = sessionId, Tools = { tools } } });
        var answer = (await NextAsync(ServerMessage.ContentOneofCase.OfferAnswer)).OfferAnswer;
        Assert.Equal(id, answer.OfferId);
        return answer;
    }

    /// <summary>Offers tools by name, which must succeed; those whose names begin with `stream` answer in chunks.</summary>
    public async Task OfferAsync(SessionClient session, params string[] names)
    {
        var specs = names.Select(name => new ToolSpec { Name = name, SupportsStreaming = name.StartsWith("stream", StringComparison.Ordinal) });
        var answer = await OfferAsync(session.Id, [.. specs]);
        Assert.True(answer.Success, answer.ErrorMessage);
    }

    /// <summary>The next message, which must be of this kind.</summary>
    public async Task<ServerMessage> NextAsync(ServerMessage.ContentOneofCase kind)
    {
        ServerMessage message;
        try
        {
            message = await _received.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"the stream has ended: {await _reading}");
        }

        Assert.True(message.ContentCase == kind, $"expected {kind}, got {message}");
        return message;
    }

    /// <summary>Whether it was taken up, rather than refused.</summary>
    public async Task<bool> WelcomedAsync() => await _received.Reader.WaitToReadAsync().AsTask().WaitAsync(Patience);

    public async Task<Call> NextCallAsync() => (await NextAsync(ServerMessage.ContentOneofCase.Call)).Call;

    public Task AnswerAsync(Call call, string json = "null") => AnswerAsync(
        call.CallId, new ExecuteToolResponse { Success = true, Result = Json.Of("string", json) });

    public Task AnswerAsync(string callId, ExecuteToolResponse response) =>
        SendAsync(new HostMessage { Result = new CallResult { CallId = callId, Response = response } });

    public Task ChunkAsync(Call call, string id, bool final = false, int bytes = 0) => SendAsync(new HostMessage
    {
        Chunk = new CallChunk
        {
            CallId = call.CallId,
            Chunk = new ToolChunk { ChunkId = id, IsFinal = final, Data = Google.Protobuf.ByteString.CopyFrom(new byte[bytes]) },
        },
    });

    public Task EndAsync(Call call, RpcCode code, string message = "") =>
        SendAsync(new HostMessage { End = new CallEnd { CallId = call.CallId, Code = (int)code, Message = message } });

    /// <summary>How the server ended the stream.</summary>
    public Task<RpcStatus> EndedAsync() => _reading.WaitAsync(Patience);

    /// <summary>The host has sent its last message.</summary>
    public void Complete() => _stream.Complete();

    /// <summary>Breaks the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        await _reading;
        _writing.Dispose();
    }

    private async Task<RpcStatus> ReadAsync()
    {
        try
        {
            while (await _stream.ReadAsync() is { } message)
            {
                _received.Writer.TryWrite(message);
            }

            return RpcStatus.Ok;
        }
        catch (RpcException end)
        {
            return end.Status;
        }
        catch (OperationCanceledException)
        {
            return new RpcStatus(RpcCode.Cancelled, "by the test");
        }
        finally
        {
            _received.Writer.Complete();
        }
    }
}
