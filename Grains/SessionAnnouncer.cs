using Microsoft.Extensions.Logging;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Grains;

/// <summary>
/// Announces a session's changes on its stream while some gateway has watchers. Behind the reply, never before: one
/// event is on its way at a time, and what gathers meanwhile goes as the next. What is too large to travel, or
/// gathers beyond a bound, is announced by its revision alone and read from the log.
/// </summary>
internal sealed class SessionAnnouncer : ICommitListener
{
    private const int MaxUpdates = 1_000;
    private const int MaxBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SessionKey _key;
    private readonly IChangeStreams _streams;
    private readonly ILogger _logger;
    private readonly GatewayInterests _interests;
    private SessionEvent? _gathered;
    private int _gatheredBytes;
    private long _createdAt;
    private long _revision;
    private bool _publishing;

    public SessionAnnouncer(SessionKey key, IChangeStreams streams, TimeProvider time, ILogger logger)
    {
        _key = key;
        _streams = streams;
        _logger = logger;
        _interests = new GatewayInterests(time);
    }

    public int WatcherCount
    {
        get
        {
            lock (_gate)
            {
                return _interests.Watchers;
            }
        }
    }

    public void Note(Interest interest)
    {
        lock (_gate)
        {
            _interests.Note(interest);
        }
    }

    /// <summary>One session after the other of this name is announced: each event says which.</summary>
    public bool OnSubscribed(DateTimeOffset createdAt, long revision)
    {
        lock (_gate)
        {
            _revision = Math.Max(_revision, revision);
            _createdAt = UnixTime.ToMicroseconds(createdAt);
            return true;
        }
    }

    public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
    {
        lock (_gate)
        {
            _revision = previousRevision + updates.Count;
            if (_interests.Watchers > 0)
            {
                Gather(previousRevision, updates);
                PublishGathered();
            }
        }
    }

    public void OnClosed(bool ended)
    {
        lock (_gate)
        {
            if (ended && _interests.Watchers > 0)
            {
                // With where the log ends: it is kept for who has not heard of all that is in it.
                (_gathered ??= NewEvent(_revision)).Ended = true;
                PublishGathered();
            }
        }
    }

    private SessionEvent NewEvent(long previousRevision)
    {
        _gatheredBytes = 0;
        return new SessionEvent
        {
            CreatedAt = _createdAt,
            PreviousRevision = previousRevision,
            Revision = previousRevision,
        };
    }

    private void Gather(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
    {
        if (_gathered is null || _gathered.CreatedAt != _createdAt)
        {
            // That there is another session of the name tells as well that the one before it has ended.
            _gathered = NewEvent(previousRevision);
        }

        _gatheredBytes += updates.Sum(static update => update.Encoded.Length);

        // An event has every change between its revisions, or none.
        var isWhole = _gathered.Revision == previousRevision &&
            _gathered.Updates.Count == _gathered.Revision - _gathered.PreviousRevision;
        _gathered.Revision = previousRevision + updates.Count;
        if (!isWhole || _gatheredBytes > MaxBytes || _gathered.Updates.Count + updates.Count > MaxUpdates)
        {
            _gathered.Updates.Clear();
            return;
        }

        foreach (var update in updates)
        {
            _gathered.Updates.Add(new UpdateEvent
            {
                UpdateType = update.UpdateType,
                VariableId = update.VariableId,
                VariableName = update.VariableName,
                Encoded = update.Encoded,
                AccessControlJson = update.Access?.Json ?? "",
            });
        }
    }

    private void PublishGathered()
    {
        if (!_publishing)
        {
            _publishing = true;
            _ = Task.Run(PublishAsync);
        }
    }

    // Never throws: whoever watches finds by itself what was not announced.
    private async Task PublishAsync()
    {
        while (TryTake(out var next))
        {
            try
            {
                await _streams.PublishAsync(_key, next).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                _logger.AnnouncementFailed(_key, failure.Message);
            }
        }
    }

    private bool TryTake(out SessionEvent next)
    {
        lock (_gate)
        {
            (next, _gathered) = (_gathered!, null);
            return _publishing = next is not null;
        }
    }
}
