using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;

namespace Snakepit.Bench.Micro;

/// <summary>Watchers of a session whose clients take everything at once, and only count it.</summary>
internal sealed class WatchCrowd : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _complete = new();
    private readonly WatchHub _hub;
    private readonly Task[] _watches;
    private int _missing;

    /// <summary>Begins that many watches; they all have begun when it returns.</summary>
    /// <param name="session">Of what.</param>
    /// <param name="request">Each of them.</param>
    /// <param name="watchers">How many.</param>
    /// <param name="initialMessages">Messages that each client is sent before there are changes.</param>
    public WatchCrowd(MeasuredSession session, WatchVariablesRequest request, int watchers, int initialMessages = 0)
    {
        _hub = new WatchHub(
            session.Sessions, SessionLimits.Default, WatchSettings.Default, TimeProvider.System, NullLogger<WatchHub>.Instance);
        _watches = new Task[watchers];
        Expect(initialMessages + 1);
        for (var n = 0; n < watchers; n++)
        {
            _watches[n] = _hub.WatchAsync(request, new Client(this), new Call());
        }

        Await();
    }

    /// <summary>From now on so many messages are expected at each client.</summary>
    public void Expect(int messages = 1)
    {
        _complete.Reset();
        _missing = _watches.Length * messages;
    }

    /// <summary>Waits until all that is expected has arrived.</summary>
    public void Await()
    {
        if (!_complete.Wait(Deadline))
        {
            throw new TimeoutException($"{_missing} of {_watches.Length} messages did not arrive within {Deadline.TotalSeconds:0} s");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _hub.Drain();
        await Task.WhenAll(_watches);
        _complete.Dispose();
    }

    private void Arrived(int messages)
    {
        if (Interlocked.Add(ref _missing, -messages) == 0)
        {
            _complete.Set();
        }
    }

    private sealed class Client(WatchCrowd crowd) : IResponseStream
    {
        private int _written;

        public ValueTask StartAsync()
        {
            crowd.Arrived(1);
            return ValueTask.CompletedTask;
        }

        public void Write(ReadOnlySpan<byte> encoded) => _written++;

        public void Write(IMessage message) => _written++;

        public bool IsFlushing => false;

        public void Flush()
        {
            var written = _written;
            _written = 0;
            crowd.Arrived(written);
        }

        public ValueTask FlushedAsync(CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class Call : RpcCall
    {
        public override string Peer => "ipv4:127.0.0.1:1";

        public override TimeSpan? Timeout => null;

        public override CancellationToken Cancellation => CancellationToken.None;

        public override string? Header(string name) => null;

        public override void SetHeader(string name, string value)
        {
        }

        public override void SetTrailer(string name, string value)
        {
        }
    }
}
