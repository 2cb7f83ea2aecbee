using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Archive;

/// <summary>What clients of the lost server find in a session that was brought back from an older copy.</summary>
public sealed class RestoredSessionTests(SharedPostgres postgres) : IDisposable
{
    private static readonly SessionKey Key = new("", Ask.Session);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Whoever_resumes_from_what_the_lost_server_gave_out_is_told_resync_and_given_the_restored_values(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await PlayAsync(store, Ask.Register("x"), Ask.Set("x", "1"));
        var raised = await RaiseAsync(store);
        await using var sessions = Sessions(store);
        foreach (var known in (long[])[0, 1, 2, 3, 1_000_000, raised - 1, raised + 1])
        {
            var start = (WatchStart)await OkAsync(sessions, Ask.Watch(known));
            Assert.Equal((true, true, raised), (start.Resync, start.Snapshot, start.Revision));
            var update = VariableUpdate.Parser.ParseFrom(Assert.Single(start.Initial));
            Assert.Equal(("1", raised), (update.Variable.Value.Value.ToStringUtf8(), update.Variable.Revision));
        }

        Assert.False(((WatchStart)await OkAsync(sessions, Ask.Watch(raised))).Resync);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_variable_keeps_its_version_and_history_and_counts_as_changed_by_the_restore(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await PlayAsync(store, Ask.Register("x"), Ask.Set("x", "1"), Ask.Set("x", "2"));
        var raised = await RaiseAsync(store);
        await using (var sessions = Sessions(store))
        {
            // A client that has seen revision 3 of this variable must not take it for older.
            Assert.Equal(raised, await VariableAsync(sessions) is var variable ? variable.Revision : 0);
            Assert.Equal((2, "2"), (variable.Version, variable.Value.Value.ToStringUtf8()));
            var set = (SetVariableResponse)await OkAsync(sessions, Ask.Set("x", "3", expected: 2));
            Assert.Equal((3, raised + 1), (set.NewVersion, set.Revision));
        }

        await using var later = Sessions(store);
        var history = (GetVariableHistoryResponse)await OkAsync(later, Ask.History("x"));
        Assert.Equal(["3", "2", "1", "0"], history.Entries.Select(entry => entry.Value.Value.ToStringUtf8()));
        Assert.Equal(raised + 1, (await VariableAsync(later)).Revision);
        Assert.Empty((await store.LoadAsync(Key, default)).CommitsAfter);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_restore_lasts_in_a_session_that_is_only_read(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await PlayAsync(store, Ask.Register("x"));
        var raised = await RaiseAsync(store);
        await using (var sessions = Sessions(store))
        {
            Assert.Equal(raised, (await VariableAsync(sessions)).Revision);
        }

        await using var later = Sessions(store);
        Assert.Empty((await store.LoadAsync(Key, default)).CommitsAfter);
        Assert.Equal(raised, (await VariableAsync(later)).Revision);
        Assert.Equal(raised, ((GetSessionResponse)await OkAsync(later, Ask.Describe())).Revision);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_request_that_the_copy_remembers_is_answered_as_the_first_time(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await PlayAsync(store, Ask.Register("x"), Ask.Set("x", "1", requestId: "once"));
        await RaiseAsync(store);
        await using var sessions = Sessions(store);
        var again = (SetVariableResponse)await OkAsync(sessions, Ask.Set("x", "1", requestId: "once"));
        Assert.Equal((1, 2L), (again.NewVersion, again.Revision));
        Assert.Equal(1, (await VariableAsync(sessions)).Version);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_read_that_wants_a_lost_revision_is_answered_with_what_was_restored(bool inCluster)
    {
        await using var store = await OpenAsync(inCluster);
        await PlayAsync(store, Ask.Register("x"));
        await RaiseAsync(store);
        await using var sessions = Sessions(store);
        var read = Ask.Get("x");
        read.AtLeastRevision = 1_000;
        Assert.Equal("0", (await VariableOf(sessions, read)).Value.Value.ToStringUtf8());
    }

    private async Task PlayAsync(ISessionArchive store, params IMessage[] requests)
    {
        await using var sessions = Sessions(store);
        foreach (var request in requests)
        {
            await OkAsync(sessions, request);
        }
    }

    private async Task<long> RaiseAsync(ISessionArchive store) =>
        (await store.RaiseRevisionsAsync(new RevisionRaise(_clock.GetUtcNow(), null))).Revision;

    private static Task<Variable> VariableAsync(SessionDirectory sessions) => VariableOf(sessions, Ask.Get("x"));

    private static async Task<Variable> VariableOf(SessionDirectory sessions, GetVariableRequest request) =>
        GetVariableResponse.Parser.ParseFrom((await OkAsync(sessions, request)).ToByteString()).Variable;

    private static async Task<IMessage> OkAsync(SessionDirectory sessions, IMessage request)
    {
        var answer = await sessions.CallAsync(Key, request, default);
        return answer.IsRefused ? throw new InvalidOperationException(answer.Refusal.Message) : answer.Value;
    }

    private SessionDirectory Sessions(ISessionArchive store) => new(store, new SessionSettings(), new HostPolicy(), _clock);

    private async Task<ISessionArchive> OpenAsync(bool inCluster) =>
        inCluster ? await SharedPostgres.OpenAsync(await postgres.NewSchemaAsync()) : SqliteStore.Open(_folder.File("data"));
}
