using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Rpc;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>A stream whose caller's credentials are taken back ends beside its handler.</summary>
public sealed class RevocationTests
{
    private static readonly RpcStatus Revoked = new(RpcCode.Unauthenticated, "the token holds no longer");

    [Fact]
    public async Task Nothing_ends_a_stream_while_its_handler_fills_memory_of_the_pool()
    {
        var caller = new Caller();
        using var message = new HeldMessage();
        await using var server = await EchoServer.StartAsync(
            new EchoServer.Settings { Authentication = caller },
            new ServerStreamingMethod<StringValue>(EchoServer.Service, nameof(EchoServer.Stream), StringValue.Parser, async (_, responses, call) =>
            {
                responses.Write(message);
                await responses.FlushAsync(call.Cancellation);
                return RpcStatus.Ok;
            })
            {
                Access = MethodAccess.Authenticated,
            });
        using var stream = server.OpenStream();
        message.BeingWritten.Wait(EchoServer.Soon, TestContext.Current.CancellationToken);

        // Another thread ends the call: it waits for its turn, or it is done at once.
        var revoking = new Thread(() => caller.Revoke(Revoked));
        revoking.Start();
        SpinWait.SpinUntil(() => !revoking.IsAlive || revoking.ThreadState.HasFlag(ThreadState.WaitSleepJoin), EchoServer.Soon);
        Assert.True(revoking.IsAlive);

        message.Go.Set();
        Assert.True(revoking.Join(EchoServer.Soon));
        Assert.Equal(HeldMessage.Text, (await stream.ReadAsync().AsTask().WaitAsync(EchoServer.Soon, TestContext.Current.CancellationToken))?.Value);
        Assert.Equal(Revoked, await EchoServer.RefusalAsync(() => stream.ReadAsync().AsTask()));
        Assert.Empty(server.Log.Errors);
    }

    private sealed class Caller : ICallAuthentication, ICaller, IDisposable
    {
        private Action<RpcStatus>? _revoked;

        public Principal Principal => Principal.Unrestricted;

        public CallerIdentity Authenticate(RpcMethod method, in CallCredentials credentials) => CallerIdentity.Of(this);

        public IDisposable? WhenRevoked(Action<RpcStatus> revoked)
        {
            _revoked = revoked;
            return this;
        }

        public void Revoke(RpcStatus status) => _revoked!(status);

        public void Dispose()
        {
        }
    }

    /// <summary>Stops in the midst of being written into the memory that was asked for it.</summary>
    private sealed class HeldMessage : IMessage, IBufferMessage, IDisposable
    {
        public const string Text = "held";

        private readonly StringValue _inner = new() { Value = Text };

        public ManualResetEventSlim BeingWritten { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public MessageDescriptor Descriptor => StringValue.Descriptor;

        public int CalculateSize() => _inner.CalculateSize();

        public void InternalWriteTo(ref WriteContext output)
        {
            BeingWritten.Set();
            Go.Wait(EchoServer.Soon);
            ((IBufferMessage)_inner).InternalWriteTo(ref output);
        }

        public void WriteTo(CodedOutputStream output) => throw new NotSupportedException();

        public void MergeFrom(CodedInputStream input) => throw new NotSupportedException();

        public void InternalMergeFrom(ref ParseContext input) => throw new NotSupportedException();

        public void Dispose()
        {
            BeingWritten.Dispose();
            Go.Dispose();
        }
    }
}
