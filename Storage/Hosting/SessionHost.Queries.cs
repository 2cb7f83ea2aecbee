using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Queries;
using Snakepit.Sessions.Tools;

namespace Snakepit.Storage.Hosting;

/// <summary>What is answered from committed state, at once.</summary>
public sealed partial class SessionHost
{
    /// <summary>The session as of now; null if there is none, or not here. Not a use of it.</summary>
    public SessionSummary? Describe()
    {
        lock (_gate)
        {
            if (_closed || _state is null)
            {
                return null;
            }

            var summary = new SessionSummary
            {
                SessionId = Key.SessionId,
                CreatedAt = _state.Header.CreatedAt,
                ExpiresAt = Timestamp.FromDateTimeOffset(ExpiresAt()),
                Active = true,
                Revision = _state.Revision,
                VariableCount = _state.VariableCount,
                ToolCount = _state.Tools.Count,
                WatcherCount = WatcherCount(),
            };
            summary.Metadata.Add(_state.Header.Metadata);
            return summary;
        }
    }

    /// <summary>
    /// Answers a query in one go, where nothing is to be done besides; false = it is for
    /// <see cref="CallAsync(IMessage, Requester, CancellationToken)"/>.
    /// </summary>
    public bool TryAnswer(IMessage request, Requester requester, out Outcome<IMessage> answer)
    {
        answer = default;
        if (_context.Policy.ConfirmedFor is not null)
        {
            return false;
        }

        var now = _context.Clock.Now;
        lock (_gate)
        {
            if (_closed || _state is null || now.Latest >= _touchDue || IsExpired(now.Earliest)
                || RevisionKnownTo(request) > _state.Revision)
            {
                return false;
            }

            _lastUsed = now.Latest;
            answer = Answer(_state, request, requester);
            return true;
        }
    }

    private Outcome<IMessage> Query(IMessage request, Requester requester)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return Moved;
            }

            return _state is null ? NotFound() : Answer(_state, request, requester);
        }
    }

    // Under the lock.
    private Outcome<IMessage> Answer(SessionState state, IMessage request, Requester requester)
    {
        var answer = SessionQueries.Answer(state, request, _context.Settings.Limits, requester);
        if (answer.Value is GetSessionResponse description)
        {
            description.ExpiresAt = Timestamp.FromDateTimeOffset(_lastUsed + state.Ttl(_context.Settings));
            description.WatcherCount = WatcherCount();
        }

        return answer;
    }

    private Outcome<IMessage> NotFound() => Refusal.SessionNotFound(Key.SessionId);

    private Outcome<IMessage> Beat()
    {
        lock (_gate)
        {
            return _closed
                ? Moved
                : new HeartbeatResponse
                {
                    ServerTime = Timestamp.FromDateTimeOffset(_context.Time.GetUtcNow()),
                    SessionValid = _state is not null,
                };
        }
    }

    private Outcome<IMessage> List(ListVariablesRequest request, Requester requester)
    {
        List<KeptVariable> variables;
        lock (_gate)
        {
            if (_closed)
            {
                return Moved;
            }

            if (_state is null)
            {
                return NotFound();
            }

            variables = SessionQueries.Select(_state, request, requester);
        }

        return SessionQueries.Listed(variables);
    }

    private EncodedInitializeSessionResponse? TryInitialized(Requester requester)
    {
        List<KeptVariable> variables;
        HostedTools tools;
        lock (_gate)
        {
            if (_closed || _state is null)
            {
                return null;
            }

            variables = _state.ListInOrder(variable => variable.IsVisibleTo(requester));
            tools = _state.Tools;
        }

        return SessionQueries.Initialized(variables, tools);
    }

    private int WatcherCount()
    {
        var count = 0;
        foreach (var listener in _listeners)
        {
            count += listener.WatcherCount;
        }

        return count;
    }
}
