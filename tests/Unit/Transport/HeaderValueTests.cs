using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>The values of gRPC's own headers, as text.</summary>
public sealed class HeaderValueTests
{
    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("101n", 2)]
    [InlineData("99999999H", 3_599_999_964_000_000_000)]
    [InlineData("0S", 0)]
    public void Every_unit_of_a_timeout_is_read(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("H")]
    [InlineData("+1S")]
    [InlineData("1 S")]
    [InlineData("1.5S")]
    [InlineData("100000000m")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(123)]
    [InlineData(999_999_990)]
    [InlineData(999_999_991)]
    [InlineData(864_000_000_000)]
    [InlineData(long.MaxValue)]
    public void A_timeout_is_written_in_at_most_eight_digits_and_never_shorter(long ticks)
    {
        var text = GrpcTimeout.Format(new TimeSpan(ticks));

        Assert.InRange(text.Length, 2, 9);
        Assert.True(GrpcTimeout.TryParse(text, out var read));
        Assert.True(read.Ticks >= Math.Min(ticks, TimeSpan.TicksPerHour * 99_999_999), text);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("plain ASCII, with punctuation!", "plain ASCII, with punctuation!")]
    [InlineData("100%", "100%25")]
    [InlineData("tab\there", "tab%09here")]
    [InlineData("größe", "gr%C3%B6%C3%9Fe")]
    [InlineData("🐍", "%F0%9F%90%8D")]
    public void A_status_message_is_percent_encoded(string message, string encoded)
    {
        Assert.Equal(encoded, StatusMessage.Encode(message));
        Assert.Equal(message, StatusMessage.Decode(encoded));
    }

    [Theory]
    [InlineData("50%", "50%")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%4", "%4")]
    public void A_status_message_that_is_badly_encoded_is_still_read(string encoded, string message) =>
        Assert.Equal(message, StatusMessage.Decode(encoded));

    [Fact]
    public void A_status_message_too_long_for_trailers_is_cut_between_characters()
    {
        var encoded = StatusMessage.Encode(new string('ö', 5000));

        Assert.InRange(encoded.Length, StatusMessage.MaxEncodedLength - 6, StatusMessage.MaxEncodedLength);
        Assert.Matches("^ö+[.]{3}$", StatusMessage.Decode(encoded));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 2 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    public void Binary_metadata_is_read_with_and_without_padding(byte[] value)
    {
        Assert.Equal(value, Metadata.DecodeBinary(Metadata.EncodeBinary(value)));
        Assert.Equal(value, Metadata.DecodeBinary(Convert.ToBase64String(value)));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/GRPC;x=y", true)]
    [InlineData("application/grpc-web+proto", false)]
    [InlineData("application/grpc+protoxy", false)]
    [InlineData("", false)]
    public void Content_types_of_gRPC_are_told_from_others(string contentType, bool isGrpc) =>
        Assert.Equal(isGrpc, GrpcNames.IsGrpc(contentType));
}
