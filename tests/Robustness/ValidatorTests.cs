using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>Each validator finds its own kind of fault, and no fault where there is none.</summary>
public sealed class ValidatorTests
{
    private static readonly Change[] Log =
    [
        new(11, "a", 1, "a1", "a0"),
        new(12, "b", 1, "b1", "b0"),
        new(13, "a", 2, "a2", "a1"),
        new(14, "b", 2, "b2", "b1"),
        new(15, "a", 3, "a3", "a2"),
    ];

    private static readonly History Sound = new()
    {
        Start = 10,
        End = 15,
        Writes =
        [
            new(new Dictionary<string, string> { ["a"] = "a1", ["b"] = "b1" }, IsAtomic: true, Answer(12, ("a", 1), ("b", 1))),
            new(new Dictionary<string, string> { ["a"] = "a2", ["b"] = "b2" }, IsAtomic: true, Answer(14, ("a", 2), ("b", 2))),
            new(new Dictionary<string, string> { ["a"] = "a3" }, IsAtomic: true, Acknowledged: null),
            new(new Dictionary<string, string> { ["b"] = "b3" }, IsAtomic: true, Acknowledged: null),
        ],
        Log = Log,
        Watchers = [new("all", null, Log), new("only b", variable => variable == "b", [Log[1], Log[3]])],
        Variables = new Dictionary<string, (int, string)> { ["a"] = (3, "a3"), ["b"] = (2, "b2") },
        Replays = [new(13, Log[3..]), new(15, [])],
    };

    [Fact]
    public void No_validator_finds_a_fault_in_a_sound_history() => Validators.Check(Sound);

    [Fact]
    public void Durable_finds_an_acknowledged_change_that_is_gone() =>
        AssertFinds<Durable>(Sound with { Log = Log[..3] });

    [Fact]
    public void Durable_finds_an_answer_with_another_version() =>
        AssertFinds<Durable>(Sound with { Writes = [Sound.Writes[0] with { Acknowledged = Answer(12, ("a", 1), ("b", 7)) }] });

    [Fact]
    public void Durable_finds_an_answer_with_another_revision() =>
        AssertFinds<Durable>(Sound with { Writes = [Sound.Writes[0] with { Acknowledged = Answer(13, ("a", 1), ("b", 1)) }] });

    [Fact]
    public void AppliedOnce_finds_a_write_that_happened_twice() =>
        AssertFinds<AppliedOnce>(Sound with { Log = [.. Log, new(16, "a", 4, "a3", "a3")] });

    [Fact]
    public void AppliedOnce_finds_a_change_that_nobody_sent() =>
        AssertFinds<AppliedOnce>(Sound with { Log = [.. Log, new(16, "a", 4, "?", "a3")] });

    [Fact]
    public void Atomic_finds_half_a_batch() =>
        AssertFinds<Atomic>(Sound with { Log = [.. Log[..3], Log[4]] });

    [Fact]
    public void Atomic_finds_a_batch_with_something_in_between() =>
        AssertFinds<Atomic>(Sound with { Log = [Log[0], .. Log[2..], Log[1] with { Revision = 16 }] });

    [Fact]
    public void Chained_finds_an_old_value_that_is_not_the_one_before() =>
        AssertFinds<Chained>(Sound with { Log = [.. Log[..4], Log[4] with { OldValue = "a1" }] });

    [Fact]
    public void Chained_finds_a_version_that_was_left_out() =>
        AssertFinds<Chained>(Sound with { Log = [.. Log[..4], Log[4] with { Version = 4 }] });

    [Fact]
    public void Current_finds_a_variable_that_is_not_what_the_log_says() =>
        AssertFinds<Current>(Sound with { Variables = new Dictionary<string, (int, string)> { ["a"] = (2, "a2"), ["b"] = (2, "b2") } });

    [Fact]
    public void Current_finds_a_session_ahead_of_its_log() =>
        AssertFinds<Current>(Sound with { End = 16 });

    [Fact]
    public void Ordered_finds_a_step_back() =>
        AssertFinds<Ordered>(Watched(Log[0], Log[2], Log[1], Log[3], Log[4]));

    [Fact]
    public void Unique_finds_a_revision_that_came_twice() =>
        AssertFinds<Unique>(Watched(Log[0], Log[1], Log[1], Log[2], Log[3], Log[4]));

    [Fact]
    public void Gapless_finds_a_revision_that_a_watcher_of_all_lacks() =>
        AssertFinds<Gapless>(Watched(Log[0], Log[1], Log[3], Log[4]));

    [Fact]
    public void Gapless_finds_a_revision_that_the_log_lacks() =>
        AssertFinds<Gapless>(Sound with { Log = [.. Log[..2], .. Log[3..]] });

    [Fact]
    public void Complete_finds_a_change_that_a_selective_watcher_lacks() =>
        AssertFinds<Complete>(Sound with { Watchers = [Sound.Watchers[1] with { Seen = [Log[1]] }] });

    [Fact]
    public void Complete_finds_a_change_that_was_not_selected() =>
        AssertFinds<Complete>(Sound with { Watchers = [Sound.Watchers[1] with { Seen = [Log[1], Log[2], Log[3]] }] });

    [Fact]
    public void Faithful_finds_a_later_value_under_an_earlier_revision() =>
        AssertFinds<Faithful>(Watched(Log[0], Log[1], Log[2] with { Value = "a3" }, Log[3], Log[4]));

    [Fact]
    public void Faithful_finds_a_change_that_did_not_last() =>
        AssertFinds<Faithful>(Watched([.. Log, new(16, "b", 3, "b3", "b2")]));

    [Fact]
    public void Resumable_finds_a_replay_with_a_hole() =>
        AssertFinds<Resumable>(Sound with { Replays = [new(12, [Log[2], Log[4]])] });

    [Fact]
    public void Linearizable_finds_a_write_that_went_before_one_answered_earlier() =>
        AssertFinds<Linearizable>(Sound with { Writes = [Sound.Writes[0] with { Began = 30, Ended = 40 }, Sound.Writes[1] with { Began = 10, Ended = 20 }] });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Linearizable_finds_a_read_older_than_what_was_answered_before_it(int version) =>
        AssertFinds<Linearizable>(Timed(new Read(50, 60, new Dictionary<string, (int, string)> { ["a"] = (version, $"a{version}") })));

    [Fact]
    public void Linearizable_finds_a_read_older_than_another_before_it() => AssertFinds<Linearizable>(Timed(
        new Read(21, 22, new Dictionary<string, (int, string)> { ["a"] = (2, "a2") }),
        new Read(23, 24, new Dictionary<string, (int, string)> { ["a"] = (1, "a1") })));

    [Fact]
    public void Linearizable_finds_a_read_of_what_the_log_does_not_have() =>
        AssertFinds<Linearizable>(Timed(new Read(50, 60, new Dictionary<string, (int, string)> { ["a"] = (3, "a3, refused") })));

    [Fact]
    public void Linearizable_finds_a_read_of_what_was_not_sent_yet() =>
        AssertFinds<Linearizable>(Timed(new Read(1, 2, new Dictionary<string, (int, string)> { ["a"] = (1, "a1") })));

    [Fact]
    public void Linearizable_finds_half_a_commit_in_one_read() => AssertFinds<Linearizable>(Timed(
        new Read(15, 16, new Dictionary<string, (int, string)> { ["a"] = (2, "a2"), ["b"] = (0, "b0") })));

    [Fact]
    public void Linearizable_finds_no_fault_in_reads_of_what_was_there() => Assert.Empty(new Linearizable().Violations(Timed(
        new Read(5, 11, new Dictionary<string, (int, string)> { ["a"] = (0, "a0"), ["b"] = (0, "b0") }),
        new Read(12, 13, new Dictionary<string, (int, string)> { ["a"] = (1, "a1"), ["b"] = (1, "b1") }),
        new Read(41, 42, new Dictionary<string, (int, string)> { ["a"] = (3, "a3"), ["b"] = (2, "b2") }))));

    [Fact]
    public void Linearizable_lets_a_read_lag_where_it_may() => Assert.Empty(new Linearizable().Violations(
        Timed(new Read(50, 60, new Dictionary<string, (int, string)> { ["a"] = (1, "a1") })) with { ReadsMayLag = TimeSpan.FromSeconds(5) }));

    [Fact]
    public void Alive_finds_a_session_that_is_gone_within_its_time_to_live() => AssertFinds<Alive>(
        Sound with { Uses = [new("s", TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10), Found: false)] });

    [Fact]
    public void Fresh_finds_a_session_that_begins_where_the_one_before_had_been() =>
        AssertFinds<Fresh>(Sound with { Lives = [new("s", 1, 5), new("s", 5, 9)] });

    [Fact]
    public void Bounded_finds_memory_that_has_grown() =>
        AssertFinds<Bounded>(Sound with { Footprints = [new("the heap", 1_000, 3_001, 2_000)] });

    private static History Timed(params Read[] reads) => Sound with
    {
        Writes =
        [
            Sound.Writes[0] with { Began = 10, Ended = 20 },
            Sound.Writes[1] with { Began = 20, Ended = 30 },
            Sound.Writes[2] with { Began = 30 },
            Sound.Writes[3] with { Began = 40 },
        ],
        Reads = reads,
    };

    private static Acknowledgement Answer(long revision, params (string Variable, int Version)[] versions) =>
        new(revision, versions.ToDictionary(item => item.Variable, item => item.Version));

    private static History Watched(params Change[] seen) => Sound with { Watchers = [new("all", null, seen)] };

    private static void AssertFinds<TValidator>(History history)
        where TValidator : IValidator, new() => Assert.NotEmpty(new TValidator().Violations(history));
}
