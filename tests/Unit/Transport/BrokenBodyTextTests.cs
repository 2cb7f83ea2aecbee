using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>The words with which our own transport refuses a broken body; others have theirs.</summary>
public sealed class BrokenBodyTextTests
{
    public static TheoryData<byte[], string> BrokenBodies => new()
    {
        { [], "carries no message" },
        { [0, 0, 0], "cut short" },
        { RawClient.Frame(0, [10, 1, 65], statedLength: 50), "cut short" },
        { RawClient.Frame(0, [10, 1, 65], statedLength: 5000), "receive limit of 4000 bytes" },
        { RawClient.Frame(0, [10, 1, 65], statedLength: -1), "4294967295 bytes" },
        { RawClient.Frame(0, [10, 1, 65, 0], statedLength: 3), "more than one message" },
        { [.. RawClient.Frame("a"), .. RawClient.Frame("b")], "more than one message" },
        { RawClient.Frame(2, [10, 1, 65]), "first byte is 2" },
        { RawClient.Frame(1, [10, 1, 65]), "grpc-encoding is absent" },
        { RawClient.Frame(0, [255, 255, 255]), "not a valid google.protobuf.StringValue" },
    };

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task A_refusal_says_what_is_broken(byte[] body, string words)
    {
        await using var server = await StartAsync(new Settings { ServerLimit = 4000 }, Echo());
        using var raw = new RawClient(server.Target);

        Assert.Contains(words, (await raw.PostAsync(body)).Message, StringComparison.Ordinal);
    }
}
