using System.Collections.Concurrent;
using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Robustness.Faults;

/// <summary>After some commits nobody is told of any, and nobody looks.</summary>
internal sealed class DropsTheDoorbell(ISessions inner) : SessionsDecorator(inner)
{
    // However the writes of a load are grouped, there are more commits.
    private const int Heard = 10;

    public override ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation) =>
        base.SubscribeAsync(key, new Deaf(listener), cancellation);

    private sealed class Deaf(ICommitListener listener) : ICommitListener
    {
        private int _commits;

        public int WatcherCount => listener.WatcherCount;

        public bool OnSubscribed(DateTimeOffset createdAt, long revision) => listener.OnSubscribed(createdAt, revision);

        public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates)
        {
            if (++_commits <= Heard)
            {
                listener.OnCommit(previousRevision, updates);
            }
        }

        public void OnClosed(bool ended) => listener.OnClosed(ended);
    }
}

/// <summary>Passes the changes of a commit on in the wrong order.</summary>
internal sealed class TellsBackwards(ISessions inner) : SessionsDecorator(inner)
{
    public override ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation) =>
        base.SubscribeAsync(key, new Backwards(listener), cancellation);

    private sealed class Backwards(ICommitListener listener) : ICommitListener
    {
        public int WatcherCount => listener.WatcherCount;

        public bool OnSubscribed(DateTimeOffset createdAt, long revision) => listener.OnSubscribed(createdAt, revision);

        // Each in the place of another: what the watchers are sent is the encoded form.
        public void OnCommit(long previousRevision, IReadOnlyList<LoggedUpdate> updates) => listener.OnCommit(
            previousRevision,
            [.. updates.Zip(updates.Reverse(), (place, content) => content with { Revision = place.Revision })]);

        public void OnClosed(bool ended) => listener.OnClosed(ended);
    }
}

/// <summary>Whoever resumes is given the change again that he has seen last.</summary>
internal sealed class RepeatsAReplay(ISessions inner) : SessionsDecorator(inner)
{
    public override ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        if (request is WatchVariablesRequest { FromRevision: > 100 } watch)
        {
            request = watch.Clone();
            ((WatchVariablesRequest)request).FromRevision--;
        }

        return base.CallAsync(key, request, requester, cancellation);
    }
}

/// <summary>Of each page of the log but the first the first change is missing.</summary>
internal sealed class LosesAChangeAtThePagesSeam(ISessions inner) : SessionsDecorator(inner)
{
    private readonly ConcurrentDictionary<long, bool> _ends = new();

    public override async ValueTask<LogPage?> ReadLogAsync(
        SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        var page = await base.ReadLogAsync(key, afterRevision, maxBytes, cancellation);
        if (page is null or { Commits.Count: 0 })
        {
            return page;
        }

        _ends[page.Commits[^1].LastRevision] = true;
        var first = page.Commits[0];

        // Who waits for the log's last change is not left waiting.
        return _ends.ContainsKey(afterRevision) && (first.Changes.Count > 1 || first.LastRevision < page.LastRevision)
            ? page with { Commits = [WithoutFirst(first), .. page.Commits.Skip(1)] }
            : page;
    }

    private static StoredCommit WithoutFirst(StoredCommit commit) => commit with { Changes = [.. commit.Changes.Skip(1)] };
}

/// <summary>A replay gives each change of a variable with the value that it has by now.</summary>
internal sealed class ReplaysPresentValues(ISessions inner) : SessionsDecorator(inner)
{
    public override async ValueTask<LogPage?> ReadLogAsync(
        SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation)
    {
        var page = await base.ReadLogAsync(key, afterRevision, maxBytes, cancellation);
        if (page is null)
        {
            return page;
        }

        var log = await base.ReadLogAsync(key, page.Floor, int.MaxValue, cancellation);
        var newest = log!.Commits.SelectMany(commit => commit.Changes)
            .Select(change => VariableUpdate.Parser.ParseFrom(change.Record.Update))
            .GroupBy(update => update.VariableId)
            .ToDictionary(updates => updates.Key, updates => updates.Last().Variable.Value);
        return page with { Commits = [.. page.Commits.Select(commit => commit with { Changes = [.. commit.Changes.Select(change => Reread(change, newest))] })] };
    }

    private static StoredChange Reread(StoredChange change, Dictionary<string, Google.Protobuf.WellKnownTypes.Any> newest)
    {
        var update = VariableUpdate.Parser.ParseFrom(change.Record.Update);
        update.Variable.Value = newest[update.VariableId];
        return change with { Record = new ChangeRecord(change.Record) { Update = update.ToByteString() } };
    }
}

/// <summary>Does not know request ids; and of each tenth answer the client hears nothing, so that it asks again.</summary>
internal sealed class ForgetsRequestIds(ISessions inner) : SessionsDecorator(inner)
{
    private int _sets;

    public override async ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        if (request is not SetVariableRequest { RequestId.Length: > 0 } set)
        {
            return await base.CallAsync(key, request, requester, cancellation);
        }

        var answer = await base.CallAsync(key, new SetVariableRequest(set) { RequestId = "" }, requester, cancellation);
        return Interlocked.Increment(ref _sets) % 10 == 0 ? Refusal.Unavailable("the answer was lost") : answer;
    }
}

/// <summary>A read shows what is being written, before it is stored.</summary>
internal sealed class ReadsWhatIsNotCommitted(ISessions inner) : SessionsDecorator(inner)
{
    private readonly ConcurrentDictionary<string, SetVariableRequest> _underWay = new();

    public override async ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        if (request is SetVariableRequest set)
        {
            _underWay[set.VariableIdentifier] = set;
            await Task.Delay(TimeSpan.FromMilliseconds(30), cancellation);
            var answer = await base.CallAsync(key, request, requester, cancellation);
            _underWay.TryRemove(new(set.VariableIdentifier, set));
            return answer;
        }

        var read = await base.CallAsync(key, request, requester, cancellation);
        if (request is GetVariableRequest get && !read.IsRefused && _underWay.TryGetValue(get.VariableIdentifier, out var coming))
        {
            var reply = GetVariableResponse.Parser.ParseFrom(read.Value.ToByteString());
            (reply.Variable.Value, reply.Variable.Version) = (coming.Value, reply.Variable.Version + 1);
            return new EncodedGetVariableResponse { Variable = reply.Variable.ToByteString() };
        }

        return read;
    }
}

/// <summary>A list of the variables is remembered, and answered again although there were writes since.</summary>
internal sealed class AnswersFromAnOldCopy(ISessions inner) : SessionsDecorator(inner)
{
    private int _lists;
    private Outcome<IMessage> _copy;

    public override async ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        if (request is not ListVariablesRequest)
        {
            return await base.CallAsync(key, request, requester, cancellation);
        }

        if (_copy.Value is null || Interlocked.Increment(ref _lists) % 20 == 0)
        {
            _copy = await base.CallAsync(key, request, requester, cancellation);
        }

        return _copy;
    }
}
