using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

/// <summary>What every store of calculations must do. Each has one subclass that opens an empty one.</summary>
public abstract class CalculationCompliance : IAsyncLifetime
{
    protected ICalculationStore Calculations { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Calculations = await OpenAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract ValueTask<ICalculationStore> OpenAsync();

    [Theory]
    [InlineData(0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-0.0)]
    [InlineData(double.Epsilon)]
    public async Task A_calculations_value_comes_back_bit_for_bit(double value)
    {
        var calculation = new StoredCalculation("t", value, ScriptedSession.Expiry);
        await Calculations.SaveAsync(calculation);
        var found = await Calculations.FindAsync("t", default);
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(found!.Value));
        Assert.Equal(calculation with { Value = found.Value }, found);
    }

    [Fact]
    public async Task Saving_a_calculation_again_replaces_it()
    {
        await Calculations.SaveAsync(new StoredCalculation("t", 1, ScriptedSession.Start));
        await Calculations.SaveAsync(new StoredCalculation("t", 2, ScriptedSession.Expiry));
        Assert.Equal(new StoredCalculation("t", 2, ScriptedSession.Expiry), await Calculations.FindAsync("t", default));
        Assert.Empty(await Calculations.ListExpiredAsync(ScriptedSession.Start, 10, default));
        Assert.Equal(1, Calculations.Count);
    }

    [Fact]
    public async Task A_calculation_that_was_deleted_is_gone()
    {
        await Calculations.SaveAsync(new StoredCalculation("t", 1, ScriptedSession.Start));
        Assert.True(await Calculations.DeleteAsync("t"));
        Assert.False(await Calculations.DeleteAsync("t"));
        Assert.Null(await Calculations.FindAsync("t", default));
        Assert.Empty(await Calculations.ListExpiredAsync(ScriptedSession.Start, 10, default));
        Assert.Equal(0, Calculations.Count);
    }

    [Fact]
    public async Task Expired_calculations_are_listed_soonest_first()
    {
        foreach (var seconds in new[] { 3, 1, 2, 9 })
        {
            await Calculations.SaveAsync(new StoredCalculation($"t{seconds}", seconds, ScriptedSession.Start.AddSeconds(seconds)));
        }

        var expired = await Calculations.ListExpiredAsync(ScriptedSession.Start.AddSeconds(3), 10, default);
        Assert.Equal(["t1", "t2", "t3"], expired.Select(calculation => calculation.Token));
        Assert.Equal("t1", Assert.Single(await Calculations.ListExpiredAsync(ScriptedSession.Start.AddSeconds(3), 1, default)).Token);
        Assert.Equal(4, Calculations.Count);
    }
}
