using Snakepit.Serving.Settings;

namespace Snakepit.Tests.Serving;

public sealed class SizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("1B", 1)]
    [InlineData("65536", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("16MiB", 16_777_216)]
    [InlineData("1GiB", 1_073_741_824)]
    [InlineData("2147483591", 2_147_483_591)]
    public void These_are_sizes(string text, int bytes)
    {
        Assert.True(SettingKinds.Size.TryParse(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("KiB")]
    [InlineData("0")]
    [InlineData("0MiB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5MiB")]
    [InlineData("1 MiB")]
    [InlineData("1MB")]
    [InlineData("1mib")]
    [InlineData("1TiB")]
    [InlineData("0x10")]
    [InlineData("2147483592")]
    [InlineData("2GiB")]
    [InlineData("8589934592GiB")]
    [InlineData("9223372036854775807KiB")]
    [InlineData("9223372036854775808")]
    public void Nothing_else_is_the_size_of_one_array(string text)
    {
        Assert.False(SettingKinds.Size.TryParse(text, out _));
    }

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("8589934591GiB", true)]
    [InlineData("8589934592GiB", false)]
    [InlineData("9223372036854775807KiB", false)]
    [InlineData("9223372036854775808", false)]
    public void A_product_beyond_the_largest_number_is_refused_not_wrapped(string text, bool isSize)
    {
        Assert.Equal(isSize, ByteSize.TryParse(text, out var bytes));
        Assert.True(bytes >= 0);
    }

    [Theory]
    [InlineData(256, "256")]
    [InlineData(1000, "1000")]
    [InlineData(16 << 10, "16KiB")]
    [InlineData(1025 << 10, "1025KiB")]
    [InlineData(64 << 20, "64MiB")]
    [InlineData(1 << 30, "1GiB")]
    public void The_text_of_a_size_has_the_largest_unit_that_divides_it(int bytes, string text)
    {
        Assert.Equal(text, ByteSize.Format(bytes));
    }
}
