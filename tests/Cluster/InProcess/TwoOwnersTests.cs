using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>
/// One session on two silos at once, as a directory that is wrong may have it: each silo's sessions on a store of its
/// own, and a clock that both share.
/// </summary>
[Collection(InProcessClusters.Name)]
public sealed class TwoOwnersTests(ClusterDatabase database) : IAsyncLifetime
{
    private static readonly SessionKey Key = new("", Ask.Session);
    private static readonly TimeSpan Unconfirmed = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();
    private readonly List<PostgresStore> _stores = [];
    private SessionDirectory _one = null!;
    private SessionDirectory _other = null!;

    public async ValueTask InitializeAsync()
    {
        var schema = await database.NewSchemaAsync();
        _one = await NewSiloAsync(schema);
        _other = await NewSiloAsync(schema);

        // Both have it in memory now.
        await OkAsync(_one, Ask.Register("x", "0"));
        await OkAsync(_other, Ask.Get("x"));
        Assert.True(_one.IsActive(Key) && _other.IsActive(Key));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Of_commands_on_both_at_once_each_acknowledged_one_is_in_the_log_exactly_once()
    {
        var moved = 0;
        var revisions = await Task.WhenAll(Enumerable.Range(1, 400).Select(i => Task.Run(async () =>
        {
            var silo = i % 2 == 0 ? _one : _other;
            while (true)
            {
                var outcome = await CallAsync(silo, Ask.Set("x", $"{i}", requestId: $"r{i}"));
                if (!IsMoved(outcome))
                {
                    Assert.False(outcome.IsRefused, outcome.Refusal?.Message);
                    return (Value: $"{i}", ((SetVariableResponse)outcome.Value).Revision);
                }

                Interlocked.Increment(ref moved);
            }
        })));

        var log = await StoredLog.ReadAllAsync(_stores[0], Key);
        Assert.Equal(Enumerable.Range(1, 401).Select(revision => (long)revision), log.Select(change => change.Revision));
        Assert.Equal(
            revisions.OrderBy(reply => reply.Revision),
            log.Skip(1).Select(change => (change.Variable.Value.Value.ToStringUtf8(), change.Revision)));
        Assert.True(moved > 0, "neither was ever refused: they did not compete");
    }

    [Fact]
    public async Task The_stale_one_says_that_the_session_has_moved_and_drops_itself()
    {
        await OkAsync(_other, Ask.Set("x", "1"));
        Assert.True(IsMoved(await CallAsync(_one, Ask.Set("x", "2"))));
        Assert.False(_one.IsActive(Key));
        await OkAsync(_one, Ask.Set("x", "2", expected: 1));
        Assert.Equal("2", await ValueAsync(_one));
    }

    [Fact]
    public async Task One_that_has_not_been_confirmed_for_five_seconds_answers_no_read_with_what_was()
    {
        await OkAsync(_other, Ask.Set("x", "1"));
        _clock.Advance(Unconfirmed);
        IMessage[] reads = [Ask.Get("x"), Ask.List(), Ask.Describe(), Ask.History("x"), Ask.Watch(), Ask.Beat()];
        foreach (var read in reads)
        {
            Assert.True(IsMoved(await CallAsync(_one, read)), $"{read.Descriptor.Name} was answered");
            Assert.False(_one.IsActive(Key));
            Assert.Equal(await ValueAsync(_other), await ValueAsync(_one));
            await OkAsync(_other, Ask.Set("x", read.Descriptor.Name.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            _clock.Advance(Unconfirmed);
        }
    }

    [Fact]
    public async Task One_that_has_not_been_confirmed_for_five_seconds_refuses_nothing_by_what_was()
    {
        await OkAsync(_other, Ask.Set("x", "1"), Ask.Register("y"));
        _clock.Advance(Unconfirmed);

        // Both would be refused by what it knows, and must not be.
        Assert.True(IsMoved(await CallAsync(_one, Ask.Set("x", "2", expected: 1))));
        await OkAsync(_one, Ask.Set("x", "2", expected: 1));
        await OkAsync(_other, Ask.Delete("y"), Ask.Register("z"));
        _clock.Advance(Unconfirmed);
        Assert.True(IsMoved(await CallAsync(_one, Ask.Set("z", "1"))));
        await OkAsync(_one, Ask.Set("z", "1"));
    }

    [Fact]
    public async Task One_whose_session_ended_and_was_made_again_elsewhere_is_no_better()
    {
        await OkAsync(_other, Ask.CleanUp(), Ask.Register("x", "5"));
        Assert.True(IsMoved(await CallAsync(_one, Ask.Set("x", "2"))));
        Assert.Equal("5", await ValueAsync(_one));

        await OkAsync(_other, Ask.CleanUp());
        _clock.Advance(Unconfirmed);
        Assert.True(IsMoved(await CallAsync(_one, Ask.Get("x"))));
        Assert.Equal(RefusalKind.NotFound, (await CallAsync(_one, Ask.Get("x"))).Refusal!.Kind);
    }

    [Fact]
    public async Task To_ask_for_a_revision_above_its_own_makes_it_check_at_once()
    {
        await OkAsync(_other, Ask.Set("x", "1"));
        var get = Ask.Get("x");
        get.AtLeastRevision = 2;
        Assert.True(IsMoved(await CallAsync(_one, get)));
        Assert.Equal("1", await ValueAsync(_one));
    }

    [Fact]
    public async Task A_session_that_the_other_has_used_does_not_expire_by_what_one_knows()
    {
        _clock.Advance(TimeSpan.FromMinutes(30));
        await OkAsync(_other, Ask.Beat());

        // Ends when the use is stored.
        await _other.SweepAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(32));
        await _one.SweepAsync(CancellationToken.None);
        Assert.False(_one.IsActive(Key));
        Assert.Equal("0", await ValueAsync(_other));
    }

    [Fact]
    public async Task A_call_to_one_that_takes_the_session_for_expired_does_not_end_it_when_the_other_has_used_it()
    {
        _clock.Advance(TimeSpan.FromMinutes(30));
        await OkAsync(_other, Ask.Beat());
        await _other.SweepAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(32));
        Assert.True(IsMoved(await CallAsync(_one, Ask.Get("x"))));
        Assert.Equal("0", await ValueAsync(_one));
        Assert.Equal("0", await ValueAsync(_other));
    }

    private static bool IsMoved(Outcome<IMessage> outcome) => ReferenceEquals(outcome.Refusal, SessionHost.Moved);

    private static Task<Outcome<IMessage>> CallAsync(SessionDirectory silo, IMessage request) =>
        silo.CallAsync(Key, request, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);

    private static async Task OkAsync(SessionDirectory silo, params IMessage[] requests)
    {
        foreach (var request in requests)
        {
            await OkAsync(silo, request);
        }
    }

    // As the cluster's callers: asks again where it has moved.
    private static async Task<IMessage> OkAsync(SessionDirectory silo, IMessage request)
    {
        var outcome = await CallAsync(silo, request);
        outcome = IsMoved(outcome) ? await CallAsync(silo, request) : outcome;
        Assert.False(outcome.IsRefused, outcome.Refusal?.Message);
        return outcome.Value;
    }

    private static async Task<string> ValueAsync(SessionDirectory silo)
    {
        var reply = await OkAsync(silo, Ask.Get("x"));
        return GetVariableResponse.Parser.ParseFrom(reply.ToByteArray()).Variable.Value.Value.ToStringUtf8();
    }

    private async Task<SessionDirectory> NewSiloAsync(PostgresOptions schema)
    {
        var store = await ClusterDatabase.OpenAsync(schema);
        _stores.Add(store);
        var policy = HostPolicy.Default with { ConfirmedFor = TimeSpan.FromSeconds(5) };
        return new SessionDirectory(store, SessionSettings.Default, policy, _clock);
    }
}
