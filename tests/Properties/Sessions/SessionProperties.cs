using FsCheck;
using FsCheck.Fluent;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Properties.Sessions;

public sealed class SessionProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void A_session_does_what_a_plain_model_does() => Check.One(Runs, Prop.ForAll(Step.Lists.ToArbitrary(), steps =>
    {
        var (run, model) = (new DraftRun(), new SessionModel());
        foreach (var step in steps)
        {
            var expected = model.Run(step);
            var refusal = run.Run(step)[0].Refusal;
            Assert.True(expected == refusal?.Kind, $"{step.Kind} {step.First} {step.Second} {step.Number} r{step.RequestId}: expected {expected}, got {refusal}");
            Assert.Equal(model.Log, run.Log.Select(change => (change.UpdateType, change.Variable.Name)));
        }

        Assert.Equal(Enumerable.Range(1, model.Log.Count), run.Log.Select(change => (int)change.Revision));
        var variables = run.State!.ListInOrder(static _ => true).ConvertAll(static kept => kept.Open());
        Assert.Equal(
            model.Variables.Select(variable => (variable.Name, variable.Version, variable.Holder)),
            variables.Select(variable => (variable.Name, variable.Version, variable.Optimization?.OptimizerId)));
        Assert.Equal(model.Variables.Select(variable => variable.Values.AsEnumerable().Reverse()), variables.Select(run.History));
        Assert.Equal(
            model.Variables.Select(variable => variable.Needs.Select(needed => needed.Name)),
            variables.Select(variable => variable.Dependencies.Select(edge => Find(run.State, edge.ToId).Name)));
        Assert.Equal(
            model.Variables.Select(variable => variable.NeededBy.Select(dependent => dependent.Name)),
            variables.Select(variable => variable.Dependents.Select(id => Find(run.State, id).Name)));
        Assert.Equal(
            model.Tools.Select(tool => (tool.Name, tool.Description, string.Join(' ', tool.Hosts))),
            run.State.Tools.Set.Tools.Select(tool => (tool.Spec.Name, (string?)tool.Spec.Description, string.Join(' ', tool.Hosts.Select(host => host.Id)))));
    }));

    [Fact]
    public void How_commands_are_grouped_changes_neither_the_log_nor_the_state() => Check.One(
        Runs,
        Prop.ForAll(Step.Lists.ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), (steps, size) =>
        {
            var (single, grouped) = (new DraftRun(), new DraftRun());
            var one = steps.Select(step => single.Run(step)[0]).ToList();
            var many = steps.Chunk(size).SelectMany(group => grouped.Run(group)).ToList();
            Assert.Equal(one.Select(outcome => outcome.Refusal), many.Select(outcome => outcome.Refusal));
            Assert.Equal(one.Select(outcome => outcome.Value), many.Select(outcome => outcome.Value));
            Assert.Equal(single.Log.Select(change => change.Record), grouped.Log.Select(change => change.Record));
            Assert.Equal(WithoutNumber(single), WithoutNumber(grouped));
        }));

    [Fact]
    public void Loading_from_any_checkpoint_gives_the_state_that_was() => Check.One(
        Runs.WithMaxTest(100),
        Prop.ForAll(Step.Lists.ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (steps, size) =>
        {
            var run = new DraftRun();
            foreach (var group in steps.Chunk(size))
            {
                run.Run(group);
            }

            var expected = Shown.State(run.State!);
            for (var at = 0; at <= run.Commits.Count; at++)
            {
                var loaded = SessionLoader.Load(StoredAt(run, at), new CheckpointTracker())!;
                Assert.Equal(expected, Shown.State(loaded));
                Assert.All(run.Commits.SelectMany(commit => commit.Record.Requests), request =>
                    Assert.Equal(request, loaded.Requests.Find(request.RequestId)));
            }
        }));

    /// <summary>What a store has when the checkpoint is of the first so many commits, taken by a host that loaded them.</summary>
    private static StoredSession StoredAt(DraftRun run, int commits)
    {
        var empty = new StoredSession(true, 0, 0, 0, default, run.State!.Header, null, [], [], run.Commits[..commits]);
        if (commits == 0)
        {
            return empty with { CommitsAfter = run.Commits };
        }

        var tracker = new CheckpointTracker();
        var state = SessionLoader.Load(empty, tracker)!;
        var checkpoint = tracker.Take(state, default, new LogSize());
        var rows = checkpoint.Changed.Values
            .Select(record => VariableRecord.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(record)))
            .Select(record => new StoredVariable(record, run.Large(record.LargeValue)));
        return new StoredSession(
            true,
            checkpoint.CommitNumber,
            checkpoint.Revision,
            0,
            default,
            checkpoint.Header,
            checkpoint.Tools,
            [.. rows.Reverse()],
            checkpoint.Requests,
            run.Commits[commits..]);
    }

    private static string WithoutNumber(DraftRun run) => Shown.State(run.State!).Split(" revision ", 2)[1];

    private static VariableState Find(SessionState state, string id) => state.TryFindById(id, out var variable) ? variable.Open() : throw new KeyNotFoundException(id);
}
