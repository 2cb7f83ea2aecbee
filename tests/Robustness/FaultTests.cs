using Snakepit.Bridge;
using Snakepit.Storage;
using Snakepit.Storage.Memory;
using Snakepit.Tests.Robustness.Faults;
using Snakepit.Tests.Robustness.Load;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>
/// Faults that are put between the parts of the product on purpose, each under the recorded load: the validator of the
/// guarantee that it breaks reports it by name. Without a fault, none reports anything.
/// </summary>
public sealed class FaultTests
{
    // For watchers that a fault has left waiting; those without one are there at once.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Without_a_fault_no_guarantee_is_broken() => Assert.Empty(await UnderLoadAsync());

    [Fact]
    public Task An_answer_before_the_commit_is_stored_is_not_Durable() =>
        FoundByAsync<Durable>(UnderLoadAsync(store: inner => new AcknowledgesBeforeItStores(inner)));

    [Fact]
    public Task A_commit_of_which_half_is_stored_is_not_Atomic() =>
        FoundByAsync<Atomic>(UnderLoadAsync(store: inner => new StoresHalfACommit(inner)));

    [Fact]
    public Task Two_owners_without_a_fence_leave_a_log_that_is_not_Chained() =>
        FoundByAsync<Chained>(UnderLoadAsync(store: inner => new TakesWhatIsFencedOff(inner), owners: 2));

    [Fact]
    public Task A_doorbell_that_falls_silent_leaves_watchers_that_are_not_Complete() =>
        FoundByAsync<Complete>(UnderLoadAsync(sessions: inner => new DropsTheDoorbell(inner)));

    [Fact]
    public Task Changes_that_are_told_backwards_are_not_Ordered() =>
        FoundByAsync<Ordered>(UnderLoadAsync(sessions: inner => new TellsBackwards(inner)));

    [Fact]
    public Task A_replay_that_repeats_a_change_is_not_Unique() =>
        FoundByAsync<Unique>(UnderLoadAsync(sessions: inner => new RepeatsAReplay(inner)));

    [Fact]
    public Task A_change_that_is_lost_between_two_pages_of_the_log_leaves_a_watch_that_is_not_Gapless() =>
        FoundByAsync<Gapless>(UnderLoadAsync(sessions: inner => new LosesAChangeAtThePagesSeam(inner), isInWitness: true));

    [Fact]
    public Task A_replay_of_present_values_is_not_Faithful() =>
        FoundByAsync<Faithful>(UnderLoadAsync(sessions: inner => new ReplaysPresentValues(inner), isInWitness: true));

    [Fact]
    public Task A_request_id_that_is_forgotten_is_not_AppliedOnce() =>
        FoundByAsync<AppliedOnce>(UnderLoadAsync(sessions: inner => new ForgetsRequestIds(inner)));

    [Fact]
    public Task A_read_of_what_is_not_committed_is_not_Linearizable() =>
        FoundByAsync<Linearizable>(UnderLoadAsync(sessions: inner => new ReadsWhatIsNotCommitted(inner)));

    [Fact]
    public Task A_read_of_an_old_copy_is_not_Linearizable() =>
        FoundByAsync<Linearizable>(UnderLoadAsync(sessions: inner => new AnswersFromAnOldCopy(inner)));

    [Fact]
    public async Task Without_a_fault_no_session_goes_early_or_begins_too_low() =>
        Assert.Empty(Validators.Broken(await new SessionLives(new MemoryStore(), new SteppedClock(), seed: 1).RunAsync(2_000)));

    [Fact]
    public Task A_use_that_is_forgotten_ends_sessions_that_should_be_Alive() => FoundByAsync<Alive>(BrokenAsync(
        new SessionLives(new ForgetsThatSessionsAreUsed(new MemoryStore()), new SteppedClock(), seed: 1).RunAsync(2_000)));

    [Fact]
    public Task Revisions_that_return_are_not_Fresh() => FoundByAsync<Fresh>(BrokenAsync(
        new SessionLives(new ForgetsEndedRevisions(new MemoryStore()), new SteppedClock(), seed: 1).RunAsync(2_000)));

    [Fact]
    public async Task Memory_that_is_kept_is_not_Bounded()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var store = new KeepsEverythingInMemory(new MemoryStore());
        await new SessionLives(store, new SteppedClock(), seed: 1).RunAsync(500);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(store);
        var history = History.Empty with { Footprints = [new Footprint("the heap", before, after, 16 * 1024 * 1024)] };
        Assert.Contains(nameof(Bounded), Validators.Broken(history));
    }

    private static async Task FoundByAsync<TValidator>(Task<IReadOnlySet<string>> broken)
        where TValidator : IValidator => Assert.Contains(typeof(TValidator).Name, await broken);

    // What the faulty ones have left in the store, as one without a fault finds it.
    private static async Task<BridgeClient> WitnessAsync(List<ServerInProcess> faulty, ServerInProcess sound)
    {
        await Task.WhenAll(faulty.Select(server => server.CrashAsync()));
        await sound.StartAsync();
        return await sound.ClientAsync();
    }

    private static async Task<IReadOnlySet<string>> BrokenAsync(Task<History> history) => Validators.Broken(await history);

    /// <summary>The guarantees that a load finds broken, over a crash of each owner.</summary>
    /// <param name="store">Each life's way to the store.</param>
    /// <param name="sessions">What each life's services see of its sessions.</param>
    /// <param name="isInWitness">Whether who is asked at the end has the same fault in what its services see.</param>
    /// <param name="owners">How many servers own the session at once; with two, clients call either.</param>
    private static async Task<IReadOnlySet<string>> UnderLoadAsync(
        Func<ISessionStore, StoreDecorator>? store = null, Func<ISessions, ISessions>? sessions = null, int owners = 1, bool isInWitness = false)
    {
        var lasting = new MemoryStore();
        var servers = Enumerable.Range(0, owners)
            .Select(_ => new ServerInProcess(() => store?.Invoke(lasting) ?? new StoreDecorator(lasting), sessions ?? (inner => inner)))
            .ToList();
        try
        {
            await Task.WhenAll(servers.Select(server => server.StartAsync()));
            var clients = -1;
            var load = await SessionLoad.StartAsync(
                "load", () => servers[Interlocked.Increment(ref clients) % owners], writers: 8, TimeSpan.FromMilliseconds(1), mayResync: store is not null || sessions is not null);
            await load.AcknowledgedAsync(150);
            foreach (var server in servers)
            {
                await server.CrashAsync();
                await server.StartAsync();
            }

            await load.AcknowledgedAsync(150);
            await using var sound = new ServerInProcess(
                () => new StoreDecorator(lasting), isInWitness ? sessions! : inner => inner);
            return Validators.Broken(await load.FinishAsync(Patience, () => WitnessAsync(servers, sound)));
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }
}
