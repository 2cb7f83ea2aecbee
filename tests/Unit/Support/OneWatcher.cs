using Snakepit.Sessions;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Unit.Support;

/// <summary>Listens for a single watcher, and remembers the revision before each commit, and how it was ended: true = the session was gone.</summary>
internal sealed class OneWatcher : ICommitListener
{
    public List<bool> Closed { get; } = [];

    public List<long> Heard { get; } = [];

    public int WatcherCount { get; set; } = 1;

    public bool OnSubscribed(DateTimeOffset createdAt, long revision) => true;

    public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates) => Heard.Add(previousRevision);

    public void OnClosed(bool ended) => Closed.Add(ended);
}
