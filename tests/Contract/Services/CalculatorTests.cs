using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Services;

public sealed class CalculatorTests(SharedServer server)
{
    [Fact]
    public async Task A_calculation_goes_from_its_creation_to_its_answer()
    {
        var created = await CreateAsync(server.Client, 2);
        Assert.Equal(2, created.Value);
        Assert.True(Guid.TryParseExact(created.Token, "D", out _), created.Token);

        Assert.Equal(10, await OperateAsync("Add", created.Token, 8));
        Assert.Equal(5, await OperateAsync("Divide", created.Token, 2));
        Assert.Equal(20, await OperateAsync("Multiply", created.Token, 4));
        Assert.Equal(10, await OperateAsync("Subtract", created.Token, 10));
        Assert.Equal(10, await OperateAsync("Answer", created.Token));
    }

    [Fact]
    public async Task An_answer_ends_the_calculation()
    {
        var token = (await CreateAsync(server.Client, 1)).Token;
        await OperateAsync("Answer", token);

        foreach (var method in new[] { "Answer", "Add", "Subtract", "Multiply", "Divide" })
        {
            await OperateAsync(method, token, 1).RefusedAsync(RpcCode.NotFound, "not found");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no token")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task An_unknown_token_is_not_found(string token) =>
        await OperateAsync("Add", token, 1).RefusedAsync(RpcCode.NotFound, $"Calculation not found: {token}");

    [Fact]
    public async Task Division_by_zero_of_either_sign_is_refused_and_the_value_stays()
    {
        var token = (await CreateAsync(server.Client, 7)).Token;

        await OperateAsync("Divide", token, 0f).RefusedExactlyAsync(RpcCode.InvalidArgument, "Division by zero");
        await OperateAsync("Divide", token, -0f).RefusedExactlyAsync(RpcCode.InvalidArgument, "Division by zero");

        Assert.Equal(7, await OperateAsync("Answer", token));
    }

    [Fact]
    public async Task It_reckons_in_double_and_answers_in_float()
    {
        // In single precision the one would be lost.
        var token = (await CreateAsync(server.Client, 100_000_000)).Token;
        await OperateAsync("Add", token, 1);

        Assert.Equal(1, await OperateAsync("Subtract", token, 100_000_000));
    }

    [Fact]
    public async Task Overflow_and_NaN_are_values()
    {
        var large = (await CreateAsync(server.Client, float.MaxValue)).Token;
        Assert.Equal(float.PositiveInfinity, await OperateAsync("Multiply", large, 2));
        Assert.Equal(float.NegativeInfinity, await OperateAsync("Multiply", large, -1));
        Assert.Equal(float.PositiveInfinity, await OperateAsync("Add", large, float.PositiveInfinity));
        Assert.Equal(float.NaN, await OperateAsync("Multiply", large, 0));

        var nan = await CreateAsync(server.Client, float.NaN);
        Assert.Equal(float.NaN, nan.Value);
        Assert.Equal(float.NaN, await OperateAsync("Add", nan.Token, 1));
        Assert.Equal(float.NaN, await OperateAsync("Answer", nan.Token));
    }

    [Fact]
    public async Task Operations_at_once_are_all_applied()
    {
        var token = (await CreateAsync(server.Client, 0)).Token;

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => OperateAsync("Add", token, 1)));

        Assert.Equal(Enumerable.Range(1, 100).Select(n => (float)n), answers.Order());
        Assert.Equal(100, await OperateAsync("Answer", token));
    }

    [Fact]
    public async Task Of_two_that_ask_for_the_answer_at_once_one_gets_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var token = (await CreateAsync(server.Client, 3)).Token;

            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
            {
                try
                {
                    return await OperateAsync("Answer", token);
                }
                catch (RpcException refused) when (refused.Status.Code == RpcCode.NotFound)
                {
                    return 0;
                }
            }));

            Assert.Equal(3, Assert.Single(answers, answer => answer > 0));
        }
    }

    [Fact]
    public async Task Their_number_is_limited()
    {
        await using var small = await ServerUnderTest.StartNewAsync(new ServerSettings { MaxCalculations = 2, Durable = false });
        using var client = new BridgeClient(small.Address);
        var token = (await CreateAsync(client, 1)).Token;
        await CreateAsync(client, 2);

        await CreateAsync(client, 3).RefusedAsync(RpcCode.ResourceExhausted, "limit of 2");

        await client.CallAsync<Number>("Calculator", "Answer", new SessionOperation { Token = token });
        await CreateAsync(client, 3);
    }

    [Fact]
    public async Task One_that_nobody_uses_ends()
    {
        await using var impatient = await ServerUnderTest.StartNewAsync(
            new ServerSettings { CalculationIdleTime = TimeSpan.FromSeconds(1), MaxCalculations = 1 });
        using var client = new BridgeClient(impatient.Address);
        var token = (await CreateAsync(client, 1)).Token;

        // There is room for one: another can be made when it has ended.
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await CreateAsync(client, 2);
                    return true;
                }
                catch (RpcException refused) when (refused.Status.Code == RpcCode.ResourceExhausted)
                {
                    return false;
                }
            },
            "the calculation has ended");
        await client.CallAsync<Number>("Calculator", "Answer", new SessionOperation { Token = token })
            .RefusedAsync(RpcCode.NotFound, token);
    }

    [Fact]
    public async Task They_survive_a_restart()
    {
        await using var restarted = await ServerUnderTest.StartNewAsync();
        string token;
        string ended;
        using (var before = new BridgeClient(restarted.Address))
        {
            token = (await CreateAsync(before, 100_000_000)).Token;
            await before.CallAsync<Number>("Calculator", "Add", new SessionOperation { Token = token, Value = 1 });
            ended = (await CreateAsync(before, 1)).Token;
            await before.CallAsync<Number>("Calculator", "Answer", new SessionOperation { Token = ended });
        }

        await restarted.RestartAsync();

        using var after = new BridgeClient(restarted.Address);
        var number = await after.CallAsync<Number>(
            "Calculator", "Subtract", new SessionOperation { Token = token, Value = 100_000_000 });
        Assert.Equal(1, number.Value);
        await after.CallAsync<Number>("Calculator", "Answer", new SessionOperation { Token = ended })
            .RefusedAsync(RpcCode.NotFound, ended);
    }

    private static Task<SessionOperation> CreateAsync(BridgeClient client, float value) =>
        client.CallAsync<SessionOperation>("Calculator", "Create", new Number { Value = value });

    private async Task<float> OperateAsync(string method, string token, float value = 0) =>
        (await server.Client.CallAsync<Number>("Calculator", method, new SessionOperation { Token = token, Value = value })).Value;
}
