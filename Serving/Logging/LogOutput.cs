using System.Text;
using System.Threading.Channels;

namespace Snakepit.Serving.Logging;

/// <summary>
/// Writes lines from a thread of its own. Whoever logs never waits for whoever reads: when the reader of the
/// pipe stands still, lines beyond the queue are dropped, and the next that gets through says how many.
/// </summary>
public sealed class LogOutput : IDisposable
{
    private const int MaxQueued = 4_096;

    /// <summary>How long the end of the process waits for the last lines to be taken.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _queue;
    private readonly Stream _output;
    private readonly Task _writing;
    private int _dropped;

    public LogOutput(Stream output)
    {
        _output = output;
        _queue = Channel.CreateBounded<string>(
            new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        _writing = Task.Factory.StartNew(WriteAll, TaskCreationOptions.LongRunning);
    }

    /// <param name="lines">One line or more, each with its end.</param>
    public void Write(string lines) => _queue.Writer.TryWrite(lines);

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _writing.Wait(LastWait);
    }

    private void WriteAll()
    {
        var reader = _queue.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out var lines))
            {
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                {
                    lines = $"({dropped} log entries were dropped: the log was not read){Environment.NewLine}{lines}";
                }

                try
                {
                    _output.Write(Encoding.UTF8.GetBytes(lines));
                    _output.Flush();
                }
                catch (IOException)
                {
                    // Nobody reads the log any more. The server goes on.
                }
            }
        }
    }
}
