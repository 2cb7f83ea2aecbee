using System.Diagnostics;

namespace Snakepit.Bench;

/// <summary>Many watches of one variable over few connections; counts the changes that arrive.</summary>
internal sealed class WatchCrowd : IAsyncDisposable
{
    private readonly List<RawConnection> _connections = [];
    private readonly List<Watcher> _watchers = [];

    /// <summary>Changes that have arrived, on all watches; what was there before is none.</summary>
    public long Changes => _watchers.Sum(watcher => Math.Max(0, watcher.Count));

    /// <summary>Opens them, and waits until each has been told what was there before.</summary>
    /// <param name="port">Where it is served.</param>
    /// <param name="watch">The call.</param>
    /// <param name="watchers">How many.</param>
    /// <param name="connections">Over how many connections.</param>
    /// <param name="arrived">Called with the number of each change on its watch, from 0, as it arrives; by several threads.</param>
    public static async Task<WatchCrowd> OpenAsync(
        int port, WatchCall watch, int watchers, int connections, Action<long>? arrived = null)
    {
        var crowd = new WatchCrowd();
        var headers = Http2Frame.CallHeaders(watch.Path);
        var message = Http2Frame.Message(watch.Request);
        for (var n = 0; n < connections; n++)
        {
            var connection = await RawConnection.OpenAsync(port);
            crowd._connections.Add(connection);
            for (var stream = n; stream < watchers; stream += connections)
            {
                var watcher = new Watcher(watch, arrived);
                crowd._watchers.Add(watcher);
                connection.Begin(watcher, headers, message, watch.EndsRequest);
            }

            await connection.FlushAsync();
        }

        await crowd.WaitAsync(() => crowd._watchers.All(watcher => watcher.Count >= 0));
        return crowd;
    }

    /// <summary>Waits until so many changes have arrived; fails after 30 s without one.</summary>
    public Task WaitForAsync(long changes) => WaitAsync(() => Changes >= changes);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task WaitAsync(Func<bool> condition)
    {
        var seen = -1L;
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            var now = _watchers.Sum(watcher => watcher.Count);
            if (now != seen)
            {
                seen = now;
                since.Restart();
            }
            else if (since.Elapsed > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"{now} changes have arrived, and for 30 s none more");
            }

            await Task.Delay(10);
        }
    }

    private sealed class Watcher(WatchCall watch, Action<long>? arrived) : RawCall
    {
        private readonly MemoryStream? _message = watch.ChangesIn is null ? null : new MemoryStream();
        private long _count = -watch.Snapshot;

        public long Count => Volatile.Read(ref _count);

        protected override void Part(ReadOnlySpan<byte> bytes) => _message?.Write(bytes);

        protected override void Arrived()
        {
            // A message before the first change is counted as one, whatever is in it.
            var changes = _message is null || _count < 0 ? 1 : watch.ChangesIn!(_message.GetBuffer().AsSpan(0, (int)_message.Length));
            _message?.SetLength(0);
            for (var n = 0; n < changes; n++)
            {
                if (_count >= 0)
                {
                    arrived?.Invoke(_count);
                }

                Volatile.Write(ref _count, _count + 1);
            }
        }

        protected override void Ended() => throw new InvalidOperationException("a watch has ended");
    }
}
