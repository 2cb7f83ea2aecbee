using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Storage.Memory;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Properties.Sessions;

/// <summary>The same steps through a host and a store, which now and then crashes or leaves memory.</summary>
public sealed class HostProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(100);
    private static readonly SessionKey Key = new("", Ask.Session);

    [Fact]
    public void A_host_answers_as_the_bare_session_does_whatever_crashes_and_checkpoints_lie_between() => Check.One(
        Runs,
        Prop.ForAll(Step.Lists.ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (steps, seed) =>
        {
            var run = new DraftRun();
            var store = RunOnHost(steps, new Random(seed), (step, outcome, sessions) =>
            {
                var bare = run.Run(step)[0];
                Assert.Equal(bare.Refusal, outcome.Refusal);
                Assert.Equal(bare.Value, outcome.Value);
                foreach (var variable in run.State!.ListInOrder(static _ => true).Select(static kept => kept.Open()))
                {
                    var history = (GetVariableHistoryResponse)Call(sessions, Ask.History(variable.Name)).Value!;
                    Assert.Equal(run.History(variable), history.Entries.Select(entry => entry.Value.Value.ToStringUtf8()));
                }
            });
            Assert.Equal(run.Log.Select(change => change.Update), Read(store, 0, int.MaxValue).Select(update => update.Encoded));
        }));

    [Fact]
    public void Any_resume_point_gives_the_same_suffix_of_the_log() => Check.One(
        Runs,
        Prop.ForAll(Step.Lists.ToArbitrary(), Gen.Choose(1, 2_000).ToArbitrary(), (steps, page) =>
        {
            var store = RunOnHost(steps, new Random(page), static (_, _, _) => { });
            var whole = Read(store, 0, int.MaxValue);
            Assert.Equal(Enumerable.Range(1, whole.Count), whole.Select(update => (int)update.Revision));
            for (var from = 0; from <= whole.Count; from++)
            {
                Assert.Equal(whole[from..], Read(store, from, page));
            }
        }));

    private static MemoryStore RunOnHost(
        List<Step> steps, Random random, Action<Step, Outcome<IMessage>, SessionDirectory> compare)
    {
        var store = new MemoryStore();
        var clock = new ManualClock();
        var sessions = New();
        Call(sessions, Ask.Initialize());
        foreach (var step in steps)
        {
            if (random.Next(6) == 0)
            {
                if (random.Next(2) == 0)
                {
                    Wait(sessions.DisposeAsync().AsTask());
                }

                sessions = New();
            }

            compare(step, Call(sessions, step.ToRequest()), sessions);
        }

        return store;

        SessionDirectory New() => new(store, SessionSettings.Default, HostPolicy.Default, clock);
    }

    /// <summary>The log after a revision, a page after the other, as a watcher that catches up reads it.</summary>
    private static List<LoggedUpdate> Read(MemoryStore store, long after, int pageBytes)
    {
        var read = new List<LoggedUpdate>();
        while (true)
        {
            var page = Wait(store.ReadLogAsync(Key, after, pageBytes, CancellationToken.None).AsTask())!;
            if (page.Commits.Count == 0)
            {
                return read;
            }

            read.AddRange(page.Commits.SelectMany(commit => commit.Changes).Select(StoredUpdates.ToLogged).Where(update => update.Revision > after));
            after = page.Commits[^1].LastRevision;
        }
    }

    private static Outcome<IMessage> Call(SessionDirectory sessions, IMessage request) =>
        Wait(sessions.CallAsync(Key, request, CancellationToken.None).AsTask());

    private static void Wait(Task task) => task.WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
}
