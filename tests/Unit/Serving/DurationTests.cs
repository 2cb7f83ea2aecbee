using Snakepit.Serving.Settings;

namespace Snakepit.Tests.Serving;

public sealed class DurationTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("2d", 172_800_000)]
    [InlineData("45", 45_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("0.5h", 1_800_000)]
    [InlineData(".5s", 500)]
    [InlineData("0.001", 1)]
    [InlineData("1ms", 1)]
    [InlineData("3650d", 315_360_000_000)]
    public void These_are_durations(string text, long milliseconds)
    {
        Assert.True(SettingKinds.Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("ms")]
    [InlineData("0")]
    [InlineData("0.9ms")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1S")]
    [InlineData("1us")]
    [InlineData("1w")]
    [InlineData("1h30m")]
    [InlineData("1,5s")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("soon")]
    [InlineData("3650.001d")]
    [InlineData("10675200d")]
    [InlineData("9223372036854775807h")]
    [InlineData("99999999999999999999999999999999999999s")]
    public void Nothing_else_is(string text)
    {
        Assert.False(SettingKinds.Duration.TryParse(text, out _));
    }

    [Fact]
    public void A_timer_counts_no_more_than_thirty_days()
    {
        Assert.True(SettingKinds.Interval.TryParse("30d", out _));
        Assert.False(SettingKinds.Interval.TryParse("30.0001d", out _));
        Assert.EndsWith("1ms to 30d", SettingKinds.Interval.Expectation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms")]
    [InlineData("1500ms")]
    [InlineData("30s")]
    [InlineData("90s")]
    [InlineData("5m")]
    [InlineData("1h")]
    [InlineData("1d")]
    [InlineData("0.5ms")]
    public void The_text_of_a_duration_has_the_largest_unit_that_divides_it(string text)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(text, DurationText.Format(duration));
    }
}
