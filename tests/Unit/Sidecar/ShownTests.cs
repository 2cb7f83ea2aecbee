using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sidecar.Client;

namespace Snakepit.Tests.Sidecar;

public sealed class ShownTests
{
    [Fact]
    public void A_time_is_utc_to_the_millisecond()
    {
        Assert.Equal("1970-01-02T00:00:01.234Z", Shown.Time(new Timestamp { Seconds = 86_401, Nanos = 234_567_890 }));
        Assert.Equal("-", Shown.Time(null));
    }

    [Fact]
    public void Of_a_binary_value_only_the_descriptor_is_shown()
    {
        var value = new Any { Value = ByteString.CopyFromUtf8("""{"shape":[2]}""") };
        Assert.Equal("""{"shape":[2]}""", Shown.Value(value, ByteString.Empty));
        Assert.Equal("""{"shape":[2]} + 3 bytes""", Shown.Value(value, ByteString.CopyFrom(0, 1, 2)));
        Assert.Equal("-", Shown.Value(null, ByteString.Empty));
    }

    [Fact]
    public void A_long_text_is_cut_to_eighty_characters()
    {
        var text = new string('a', 80);
        Assert.Equal(text, Shown.Short(text));
        Assert.Equal($"{text[..79]}…", Shown.Short($"{text}a"));
    }

    [Fact]
    public void No_character_is_cut_in_half()
    {
        var before = new string('a', 78);
        Assert.Equal($"{before}…", Shown.Short($"{before}🐍aa"));
    }
}
