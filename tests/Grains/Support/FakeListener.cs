using System.Collections.Concurrent;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Grains.Support;

/// <summary>A feed that takes note of what it hears.</summary>
internal sealed class FakeListener : ICommitListener
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int WatcherCount { get; set; } = 1;

    public bool IsOfAnotherSession { get; set; }

    /// <summary>The revision before each commit, and how many changes it had.</summary>
    public ConcurrentQueue<(long Previous, int Changes)> Heard { get; } = new();

    public int TimesEnded { get; private set; }

    public Task Ended => _ended.Task.WaitAsync(Deadline);

    public bool OnSubscribed(DateTimeOffset createdAt, long revision) => !IsOfAnotherSession;

    public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
    {
        Assert.Equal(updates.Select((_, i) => previousRevision + 1 + i), updates.Select(update => update.Revision));
        Heard.Enqueue((previousRevision, updates.Count));
    }

    public void OnClosed(bool ended)
    {
        Assert.True(ended);
        TimesEnded++;
        _ended.TrySetResult();
    }
}
