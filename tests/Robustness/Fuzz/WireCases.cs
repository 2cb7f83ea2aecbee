using System.IO.Compression;
using static Snakepit.Tests.Robustness.Fuzz.Http2Bytes;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>Connections on which something is wrong, by what that is.</summary>
internal static class WireCases
{
    private const string PingPath = "/snakepit.bridge.BridgeService/Ping";
    private const string WatchPath = "/snakepit.bridge.BridgeService/WatchVariables";
    private const string AttachPath = "/snakepit.tools.v1.Tools/Attach";

    private static readonly Lazy<byte[]> Bomb = new(() => Gzip(new byte[100 * 1024 * 1024]));
    private static readonly byte[] Message = Http2Bytes.Message([0x0A, 0x01, (byte)'x']);

    public static IReadOnlyList<(string Name, Action<Http2Bytes, Random> Add)> All { get; } =
    [
        ("a call as it should be", (bytes, _) => bytes.Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Message)),
        ("a call that is cut off", (bytes, random) =>
        {
            var whole = new Http2Bytes().Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Message).ToArray();
            bytes.Raw(whole.AsSpan(0, random.Next(whole.Length)));
        }),
        ("a frame that lies about its length", (bytes, random) =>
            bytes.Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Message, length: random.Next(1 << 24))),
        ("a message that lies about its length", (bytes, random) => bytes.Frame(Headers, EndHeaders, 1, Call(PingPath))
            .Frame(Data, EndStream, 1, Http2Bytes.Message([1, 2, 3], length: unchecked((uint)Oddities.Number(random))))),
        ("a message with an unknown flag", (bytes, random) =>
            bytes.Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Http2Bytes.Message([], (byte)random.Next(256)))),
        ("a compressed message that is none", (bytes, random) =>
            bytes.Frame(Headers, EndHeaders, 1, Call(PingPath, ("grpc-encoding", random.Next(2) == 0 ? "gzip" : "snappy")))
                .Frame(Data, EndStream, 1, Http2Bytes.Message(Short(Oddities.Bytes(random)), flag: 1))),
        ("a message that is small when compressed", (bytes, random) =>
        {
            // Inflating one takes a moment: not each time.
            var bomb = random.Next(8) == 0 ? Bomb.Value : Gzip(new byte[200_000]);
            bytes.Frame(Headers, EndHeaders, 1, Call(PingPath, ("grpc-encoding", "gzip")));
            var rest = Http2Bytes.Message(bomb, flag: 1).AsSpan();
            for (; rest.Length > 16_000; rest = rest[16_000..])
            {
                bytes.Frame(Data, 0, 1, rest[..16_000]);
            }

            bytes.Frame(Data, EndStream, 1, rest);
        }),
        ("many headers", (bytes, random) => bytes.Frame(
            Headers, EndHeaders | EndStream, 1, Call(PingPath, [.. Enumerable.Range(0, random.Next(400)).Select(i => ($"h{i}", "v"))]))),
        ("long headers in many frames", (bytes, random) =>
        {
            bytes.Frame(Headers, 0, 1, Call(PingPath));
            for (var i = random.Next(1, 30); i > 0; i--)
            {
                bytes.Frame(Continuation, i == 1 ? EndHeaders : (byte)0, 1, Call("/x", ($"h{i}", new string('v', 8_000))).AsSpan(60));
            }
        }),
        ("continuations that do not end", (bytes, random) =>
        {
            bytes.Frame(Headers, 0, 1, Call(PingPath));
            for (var i = random.Next(500); i > 0; i--)
            {
                bytes.Frame(Continuation, 0, 1, []);
            }
        }),
        ("another content type", (bytes, random) => bytes.Frame(
            Headers, EndHeaders | EndStream, 1, Call(PingPath, ("content-type", random.Next(2) == 0 ? "application/json" : "application/grpc-web+proto")))),
        ("a bad path", (bytes, random) => bytes.Frame(Headers, EndHeaders | EndStream, 1, Call(Printable("/" + Oddities.Text(random))))),
        ("a bad timeout", (bytes, random) => bytes.Frame(
            Headers, EndHeaders | EndStream, 1, Call(PingPath, ("grpc-timeout", Printable(random.Next(2) == 0 ? "99999999999H" : Oddities.Text(random)))))),
        ("bad metadata", (bytes, random) => bytes.Frame(
            Headers, EndHeaders | EndStream, 1, Call(PingPath, ("x-snakepit-correlation-id", Printable(Oddities.Text(random))), ("traceparent", "00-zz-zz-zz"), ("a-bin", "%%%")))),
        ("pseudo headers twice and last", (bytes, _) => bytes.Frame(Headers, EndHeaders | EndStream, 1, Call(PingPath, (":path", "/x"), (":method", "GET")))),
        ("settings, again and again", (bytes, random) =>
        {
            for (var i = random.Next(300); i > 0; i--)
            {
                bytes.Frame(Settings, 0, 0, [0, (byte)random.Next(8), .. Number(unchecked((uint)Oddities.Number(random)))]);
            }
        }),
        ("pings, again and again", (bytes, random) =>
        {
            for (var i = random.Next(300); i > 0; i--)
            {
                bytes.Frame(Ping, 0, 0, "01234567"u8);
            }
        }),
        ("priorities, again and again", (bytes, random) =>
        {
            for (var i = random.Next(300); i > 0; i--)
            {
                bytes.Frame(Priority, 0, (i * 2) + 1, [0, 0, 0, (byte)random.Next(9), 16]);
            }
        }),
        ("calls that are reset at once", (bytes, random) =>
        {
            for (var i = 0; i < random.Next(150); i++)
            {
                bytes.Frame(Headers, EndHeaders, (i * 2) + 1, Call(random.Next(2) == 0 ? WatchPath : AttachPath)).Frame(Reset, 0, (i * 2) + 1, Number(8));
            }
        }),
        ("half a call that ends", (bytes, random) =>
            bytes.Frame(Headers, EndHeaders, 1, Call(random.Next(2) == 0 ? PingPath : AttachPath)).Frame(Data, EndStream, 1, [])),
        ("a call without a message", (bytes, _) => bytes.Frame(Headers, EndHeaders | EndStream, 1, Call(WatchPath))),
        ("two messages for one", (bytes, _) =>
            bytes.Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, 0, 1, Message).Frame(Data, EndStream, 1, Message)),
        ("trailers in a request", (bytes, _) => bytes.Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, 0, 1, Message)
            .Frame(Headers, EndHeaders | EndStream, 1, Call("/x").AsSpan(40))),
        ("data that belongs to nothing", (bytes, random) => bytes.Frame(Data, 0, random.Next(-1, 9), Short(Oddities.Bytes(random)))),
        ("a window that overflows", (bytes, random) => bytes.Frame(Headers, EndHeaders, 1, Call(WatchPath))
            .Frame(WindowUpdate, 0, random.Next(2), Number(int.MaxValue)).Frame(WindowUpdate, 0, random.Next(2), Number(int.MaxValue))),
        ("a window of nothing", (bytes, _) => bytes.Frame(Settings, 0, 0, [0, 4, .. Number(0)])
            .Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Message)),
        ("frames of unknown types", (bytes, random) =>
        {
            for (var i = random.Next(20); i > 0; i--)
            {
                bytes.Frame((byte)random.Next(256), (byte)random.Next(256), random.Next(5), new byte[random.Next(64)]);
            }
        }),
        ("streams in the wrong order", (bytes, _) =>
            bytes.Frame(Headers, EndHeaders, 9, Call(PingPath)).Frame(Headers, EndHeaders, 3, Call(PingPath)).Frame(Headers, EndHeaders, 4, Call(PingPath))),
        ("a goodbye, and then a call", (bytes, _) =>
            bytes.Frame(GoAway, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]).Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Message)),
        ("headers that are no headers", (bytes, random) =>
        {
            var block = new byte[random.Next(1, 200)];
            random.NextBytes(block);
            bytes.Frame(Headers, EndHeaders, 1, block);
        }),
        ("frames with bits changed", (bytes, random) => bytes.Raw(Mutation.Of(
            new Http2Bytes().Frame(Headers, EndHeaders, 1, Call(PingPath)).Frame(Data, EndStream, 1, Message).ToArray(), random))),
    ];

    // No frame may be longer than 16 KiB, and that is not what these are about.
    private static byte[] Short(byte[] bytes) => [.. bytes.Take(16_000)];

    private static string Printable(string text) => new([.. text.Take(9_000).Where(c => c is >= ' ' and < '\u007f')]);

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
