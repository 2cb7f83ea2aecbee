using Snakepit.Storage.Memory;
using Snakepit.Tests.Robustness.Faults;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness;

/// <summary>Someone sets the clock while the server runs.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_clock_that_is_set_back_and_forth_ends_no_session_early(int seed)
    {
        var clock = new SteppedClock();
        var lives = new SessionLives(new MemoryStore(), clock, seed);
        var history = await lives.RunAsync(3_000, random =>
        {
            if (random.Next(20) == 0)
            {
                clock.Set(random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(random.Next(-3_000, 3_000)));
            }
        });
        Assert.Contains(history.Uses, use => use.Found);
        Assert.Empty(Validators.Broken(history));
    }

    [Fact]
    public async Task A_clock_that_is_set_right_again_lets_sessions_go_in_their_time()
    {
        var clock = new SteppedClock();
        var lives = new SessionLives(new MemoryStore(), clock, seed: 4);
        var history = await lives.RunAsync(2_000, random => clock.Set(random.Next(4) == 0 ? TimeSpan.FromHours(-1) : TimeSpan.Zero));
        Assert.Contains(history.Uses, use => !use.Found);
        Assert.Empty(Validators.Broken(history));
    }
}
