using System.Threading.Channels;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools.Attached;

/// <summary>
/// What an attached host has yet to be sent, in order. Its length is bounded by those who add: each call has at the
/// most its own message, one cancellation and one grant of chunks here, and what is not wanted any more is taken
/// out. Safe from any thread; one writer.
/// </summary>
internal sealed class HostOutbox
{
    private const int FlushAfter = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private bool _completed;

    /// <param name="message">Made when its turn has come; null = there is nothing to say any more.</param>
    public Entry Add(Func<ServerMessage?> message)
    {
        var entry = new Entry(message);
        lock (_gate)
        {
            _entries.AddLast(entry.Node);
        }

        _bell.Writer.TryWrite(true);
        return entry;
    }

    public Entry Add(ServerMessage message) => Add(() => message);

    /// <summary>Takes an entry out; false = its turn has come already.</summary>
    public bool Remove(Entry entry)
    {
        lock (_gate)
        {
            if (entry.Node.List is null)
            {
                return false;
            }

            _entries.Remove(entry.Node);
            return true;
        }
    }

    /// <summary>Nothing more is added; the writer ends when everything is sent.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
        }

        _bell.Writer.TryWrite(true);
    }

    /// <summary>Sends what there is and what comes, until it is completed. Waits for the host's flow control.</summary>
    public async Task WriteAllAsync(IResponseStream responses, CancellationToken cancellation)
    {
        var sent = new List<Entry>();
        while (true)
        {
            var unflushed = 0;
            while (unflushed < FlushAfter && Take() is { } entry)
            {
                if (entry.Message() is { } message)
                {
                    responses.Write(message);
                    unflushed += message.CalculateSize();
                }

                sent.Add(entry);
            }

            if (sent.Count > 0)
            {
                await responses.FlushAsync(cancellation);
                sent.ForEach(entry => entry.SetSent());
                sent.Clear();
            }
            else if (IsDone())
            {
                return;
            }
            else
            {
                await _bell.Reader.ReadAsync(cancellation);
            }
        }
    }

    private Entry? Take()
    {
        lock (_gate)
        {
            if (_entries.First is not { } first)
            {
                return null;
            }

            _entries.Remove(first);
            return first.Value;
        }
    }

    private bool IsDone()
    {
        lock (_gate)
        {
            return _completed && _entries.Count == 0;
        }
    }

    internal sealed class Entry
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Entry(Func<ServerMessage?> message)
        {
            Message = message;
            Node = new LinkedListNode<Entry>(this);
        }

        public Func<ServerMessage?> Message { get; }

        /// <summary>Its place; in no list once its turn has come. Guarded by the outbox.</summary>
        public LinkedListNode<Entry> Node { get; }

        /// <summary>Completes when the host's flow control has taken it; never, if the host is lost before.</summary>
        public Task Sent => _sent.Task;

        public void SetSent() => _sent.TrySetResult();
    }
}
