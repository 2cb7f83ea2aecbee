using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Storage;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class CalculatorServiceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FakeCalculationStore _store = new();
    private readonly ManualClock _clock = new();
    private readonly Calculations _calculations;
    private readonly MethodTable _table = new();

    public CalculatorServiceTests()
    {
        CalculatorLimits limits = new() { IdleTime = TimeSpan.FromSeconds(60), MaxCalculations = 3 };
        _calculations = new Calculations(_store, limits, _clock, NullLogger<Calculations>.Instance);
        _table.Add(CalculatorService.Contract, new CalculatorService(_calculations).Methods);
    }

    [Fact]
    public async Task Plus_five_minus_three_times_ten_by_two_is_ten()
    {
        string token = await OpenAsync(0);
        Assert.Equal(5, await ValueAsync("Add", token, 5));
        Assert.Equal(2, await ValueAsync("Subtract", token, 3));
        Assert.Equal(20, await ValueAsync("Multiply", token, 10));
        Assert.Equal(10, await ValueAsync("Divide", token, 2));
        Assert.Equal(10, await ValueAsync("Answer", token, 0));
    }

    [Fact]
    public async Task A_new_calculation_has_a_lower_case_token_of_its_own_and_the_value_it_was_given()
    {
        SessionOperation first = (await CreateAsync(1.5f)).Message!;
        SessionOperation second = (await CreateAsync(1.5f)).Message!;
        Assert.Matches("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", first.Token);
        Assert.NotEqual(first.Token, second.Token);
        Assert.Equal(1.5f, first.Value);
    }

    [Fact]
    public async Task Sums_are_kept_in_double_precision()
    {
        string token = await OpenAsync(16_777_216);
        for (int i = 0; i < 3; i++)
        {
            await ValueAsync("Add", token, 1);
        }

        Assert.Equal(3, await ValueAsync("Subtract", token, 16_777_216));
    }

    [Fact]
    public async Task Division_by_either_zero_is_refused_and_changes_nothing()
    {
        string token = await OpenAsync(7);
        RpcStatus refusal = new(RpcCode.InvalidArgument, "Division by zero");
        Assert.Equal(refusal, (await OperateAsync("Divide", token, 0)).Status);
        Assert.Equal(refusal, (await OperateAsync("Divide", token, float.NegativeZero)).Status);
        Assert.Equal(7, await ValueAsync("Answer", token, 0));
    }

    [Theory]
    [InlineData(float.MaxValue, 10f, float.PositiveInfinity)]
    [InlineData(float.MinValue, 10f, float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity, 0f, float.NaN)]
    [InlineData(float.NaN, 1f, float.NaN)]
    public async Task What_no_float_can_hold_is_infinite_or_no_number(float value, float factor, float expected)
    {
        Assert.Equal(expected, await ValueAsync("Multiply", await OpenAsync(value), factor));
    }

    [Fact]
    public async Task A_result_beyond_float_is_still_known_in_double()
    {
        string token = await OpenAsync(float.MaxValue);
        Assert.Equal(float.PositiveInfinity, await ValueAsync("Multiply", token, 2));
        Assert.Equal(float.MaxValue, await ValueAsync("Divide", token, 2));
    }

    [Fact]
    public async Task Answer_ends_the_calculation()
    {
        string token = await OpenAsync(1);
        await ValueAsync("Answer", token, 0);
        await AssertNotFoundAsync(token);
        Assert.Equal(0, _store.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no token")]
    [InlineData("167aa460-6d14-4ecc-a729-3afb1b99714e")]
    public async Task A_token_nobody_was_given_is_not_found(string token) => await AssertNotFoundAsync(token);

    [Fact]
    public async Task A_huge_token_is_not_sent_back()
    {
        RpcStatus status = (await OperateAsync("Add", new string('x', 1_000_000), 1)).Status;
        Assert.Equal("Calculation not found: a token of 1000000 characters", status.Message);
    }

    [Fact]
    public async Task A_calculation_ends_when_it_was_not_used_for_its_idle_time()
    {
        string token = await OpenAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(59));
        await ValueAsync("Add", token, 1);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(3, await ValueAsync("Add", token, 1));
        _clock.Advance(TimeSpan.FromSeconds(60));
        await AssertNotFoundAsync(token);
    }

    [Fact]
    public async Task A_sweep_removes_what_expired_and_nothing_else()
    {
        string old = await OpenAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(60));
        string young = await OpenAsync(2);

        Assert.Equal(1, await _calculations.SweepAsync(_clock.GetUtcNow(), CancellationToken.None));
        Assert.Null(await _store.FindAsync(old, CancellationToken.None));
        Assert.Equal(2, await ValueAsync("Answer", young, 0));
    }

    [Fact]
    public async Task A_sweep_leaves_a_calculation_that_is_being_used()
    {
        string token = await OpenAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(59));
        TaskCompletionSource barrier = new();
        _store.Barrier = barrier.Task;
        Task<float> use = ValueAsync("Add", token, 1);
        Task<int> sweep = _calculations.SweepAsync(_clock.GetUtcNow() + TimeSpan.FromSeconds(1), CancellationToken.None);
        barrier.SetResult();

        Assert.Equal(2, await use.WaitAsync(Deadline));
        Assert.Equal(0, await sweep.WaitAsync(Deadline));
        Assert.Equal(1, _store.Count);
    }

    [Fact]
    public async Task The_limit_is_named_and_holds_for_calls_at_the_same_time_too()
    {
        TaskCompletionSource barrier = new();
        _store.Barrier = barrier.Task;
        Task<RpcResult<SessionOperation>>[] creating = [.. Enumerable.Range(0, 8).Select(_ => CreateAsync(1))];
        barrier.SetResult();
        RpcResult<SessionOperation>[] created = await Task.WhenAll(creating).WaitAsync(Deadline);

        Assert.Equal(3, created.Count(one => one.Status.IsOk));
        RpcStatus refusal = created.First(one => !one.Status.IsOk).Status;
        Assert.Equal(RpcCode.ResourceExhausted, refusal.Code);
        Assert.Contains("3 open calculations", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ended_calculation_makes_room_for_another()
    {
        string[] tokens = [await OpenAsync(1), await OpenAsync(2), await OpenAsync(3)];
        Assert.Equal(RpcCode.ResourceExhausted, (await CreateAsync(4)).Status.Code);
        await ValueAsync("Answer", tokens[0], 0);
        Assert.True((await CreateAsync(4)).Status.IsOk);
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Answer")]
    public async Task A_failure_of_the_store_leaves_the_value_as_it_was(string operation)
    {
        string token = await OpenAsync(5);
        _store.Failure = new StoreException("disk full", outcomeUnknown: false);
        RpcStatus status = (await OperateAsync(operation, token, 1)).Status;
        Assert.Equal(new RpcStatus(RpcCode.Unavailable, "The store failed; nothing was changed"), status);
        _store.Failure = null;
        Assert.Equal(5, await ValueAsync("Answer", token, 0));
    }

    [Fact]
    public async Task A_create_that_failed_takes_no_room()
    {
        _store.Failure = new StoreException("slow disk", outcomeUnknown: true);
        for (int i = 0; i < 5; i++)
        {
            RpcStatus status = (await CreateAsync(1)).Status;
            Assert.Equal(RpcCode.Unavailable, status.Code);
            Assert.Contains("may have been carried out", status.Message, StringComparison.Ordinal);
        }

        _store.Failure = null;
        Assert.True((await CreateAsync(1)).Status.IsOk);
    }

    [Fact]
    public async Task A_reply_waits_for_the_store()
    {
        string token = await OpenAsync(1);
        TaskCompletionSource barrier = new();
        _store.Barrier = barrier.Task;
        Task<float> reply = ValueAsync("Add", token, 1);
        Assert.False(reply.IsCompleted);
        barrier.SetResult();
        Assert.Equal(2, await reply.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Operations_on_one_calculation_take_turns_and_those_on_another_do_not_wait()
    {
        string one = await OpenAsync(0);
        string other = await OpenAsync(0);
        int before = _store.WritesBegun;
        TaskCompletionSource barrier = new();
        _store.Barrier = barrier.Task;
        Task<float>[] sums = [.. Enumerable.Range(0, 50).Select(_ => ValueAsync("Add", one, 1))];
        Assert.Equal(before + 1, _store.WritesBegun);
        Task<float> apart = ValueAsync("Add", other, 1);
        Assert.Equal(before + 2, _store.WritesBegun);

        barrier.SetResult();
        float[] seen = await Task.WhenAll(sums).WaitAsync(Deadline);
        Assert.Equal(Enumerable.Range(1, 50).Select(sum => (float)sum), seen.Order());
        Assert.Equal(1, await apart.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_caller_that_gives_up_waiting_changes_nothing_and_holds_up_nobody()
    {
        string token = await OpenAsync(1);
        TaskCompletionSource barrier = new();
        _store.Barrier = barrier.Task;
        Task<float> first = ValueAsync("Add", token, 1);
        FakeCall call = new();
        Task<RpcResult<Number>> second = OperateAsync("Add", token, 100, call);
        Task<float> third = ValueAsync("Add", token, 1);
        await call.Caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Deadline));

        barrier.SetResult();
        Assert.Equal(2, await first.WaitAsync(Deadline));
        Assert.Equal(3, await third.WaitAsync(Deadline));
    }

    private async Task AssertNotFoundAsync(string token)
    {
        foreach (string operation in (string[])["Add", "Subtract", "Multiply", "Divide", "Answer"])
        {
            RpcStatus status = (await OperateAsync(operation, token, 0)).Status;
            Assert.Equal(new RpcStatus(RpcCode.NotFound, $"Calculation not found: {token}"), status);
        }
    }

    private async Task<string> OpenAsync(float value) => (await CreateAsync(value)).Message!.Token;

    private Task<RpcResult<SessionOperation>> CreateAsync(float value) =>
        _table.CallAsync<Number, SessionOperation>("/Calculator/Create", new Number { Value = value });

    private async Task<float> ValueAsync(string operation, string token, float value)
    {
        RpcResult<Number> result = await OperateAsync(operation, token, value);
        Assert.Equal(RpcStatus.Ok, result.Status);
        return result.Message!.Value;
    }

    private Task<RpcResult<Number>> OperateAsync(string operation, string token, float value, FakeCall? call = null) =>
        _table.CallAsync<SessionOperation, Number>(
            $"/Calculator/{operation}", new SessionOperation { Token = token, Value = value }, call);
}
