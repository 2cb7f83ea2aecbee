using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Fuzz;
using static Snakepit.Tests.Unit.Transport.EchoServer;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>What goes over the wire, byte by byte: gRPC's HTTP/2 mapping.</summary>
public sealed class WireTests
{
    [Fact]
    public async Task An_answer_is_headers_one_framed_message_and_the_status_in_trailers()
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame("hi"));

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(RawClient.Frame("hi"), answer.Body);
        Assert.Equal(new Dictionary<string, string> { ["grpc-status"] = "0" }, answer.Trailers);
        Assert.DoesNotContain("server", answer.Headers.Keys);
        Assert.DoesNotContain("grpc-status", answer.Headers.Keys);
    }

    [Fact]
    public async Task A_refusal_is_headers_only_with_a_percent_encoded_message()
    {
        await using var server = await StartAsync(OnUnary((_, _) =>
            ValueTask.FromResult<RpcResult<StringValue>>(new RpcStatus(RpcCode.Aborted, "50% é\r\n"))));
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame("hi"));

        Assert.Equal("10", answer.Refusal);
        Assert.Equal("50%25 %C3%A9%0D%0A", answer.Message);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc+json")]
    [InlineData(null)]
    public async Task Another_content_type_is_HTTP_415(string? contentType)
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);
        var content = new ByteArrayContent(RawClient.Frame("hi"));
        content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await raw.SendAsync(HttpMethod.Post, content, Unary)).Http);
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    public async Task The_content_types_of_protobuf_are_taken(string contentType)
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);
        var content = new ByteArrayContent(RawClient.Frame("hi"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        Assert.Equal("0", (await raw.SendAsync(HttpMethod.Post, content, Unary)).Trailers["grpc-status"]);
    }

    [Fact]
    public async Task Another_HTTP_method_is_405()
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await raw.SendAsync(HttpMethod.Get, null, Unary)).Http);
    }

    [Fact]
    public async Task Of_a_call_that_nobody_traces_there_is_no_span()
    {
        await using var server = await StartAsync(OnUnary((_, _) =>
            ValueTask.FromResult<RpcResult<StringValue>>(new StringValue { Value = Activity.Current?.OperationName ?? "none" })));
        using var raw = new RawClient(server.Target);

        Assert.Equal(RawClient.Frame("none"), (await raw.PostAsync(RawClient.Frame("hi"))).Body);
    }

    [Fact]
    public async Task A_CONNECT_has_no_path_and_is_405()
    {
        await using var server = await StartAsync(Echo());
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Server.Ports[0]);
        await using var stream = client.GetStream();

        // The names of :method and :authority, which are all that it has, by their places in the table.
        byte[] headers = [2, 7, .. "CONNECT"u8, 1, 1, .. "a"u8];
        await stream.WriteAsync(new Http2Bytes()
            .Preface()
            .Frame(Http2Bytes.Headers, Http2Bytes.EndHeaders | Http2Bytes.EndStream, stream: 1, headers)
            .ToArray());
        var answer = "";
        var buffer = new byte[1024];
        while (!answer.Contains("405", StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            Assert.NotEqual(0, count);
            answer += Encoding.Latin1.GetString(buffer, 0, count);
        }

        Assert.Empty(server.Log.Errors);
    }

    public static TheoryData<string, byte[], string> BrokenBodies => new()
    {
        { "no message", [], "13" },
        { "a cut prefix", [0, 0, 0], "13" },
        { "a length beyond the body", RawClient.Frame(0, [10, 1, 65], statedLength: 50), "13" },
        { "a length beyond the limit", RawClient.Frame(0, [10, 1, 65], statedLength: 5000), "8" },
        { "a negative length", RawClient.Frame(0, [10, 1, 65], statedLength: -1), "8" },
        { "a length short of the body", RawClient.Frame(0, [10, 1, 65, 0], statedLength: 3), "13" },
        { "two messages", [.. RawClient.Frame("a"), .. RawClient.Frame("b")], "13" },
        { "a flag of 2", RawClient.Frame(2, [10, 1, 65]), "13" },
        { "a compressed flag without an encoding", RawClient.Frame(1, [10, 1, 65]), "13" },
        { "no protobuf", RawClient.Frame(0, [255, 255, 255]), "3" },
    };

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task A_broken_body_is_refused_with_a_status(string what, byte[] body, string status)
    {
        await using var server = await StartAsync(new Settings { ServerLimit = 4000 }, Echo());
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(body);

        Assert.True(answer.Refusal == status, $"{what}: {answer.Refusal} {answer.Message}");
        Assert.Empty(server.Log.Errors);
        Assert.Equal("still here", (await server.CallAsync("still here")).Value);
    }

    [Fact]
    public async Task A_gzip_bomb_is_stopped_at_the_limit()
    {
        await using var server = await StartAsync(new Settings { ServerLimit = 1_000_000 }, Echo());
        using var raw = new RawClient(server.Target);
        var bomb = Gzip(new StringValue { Value = new string('x', 100_000_000) }.ToByteArray());
        Assert.True(bomb.Length < 1_000_000);

        var answer = await raw.PostAsync(RawClient.Frame(1, bomb), headers: ("grpc-encoding", "gzip"));

        Assert.Equal("8", answer.Refusal);
        Assert.Contains("receive limit of 1000000 bytes", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_says_that_it_is_gzip_is_refused()
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame(1, Encoding.ASCII.GetBytes("plainly not")), headers: ("grpc-encoding", "gzip"));

        Assert.Equal("13", answer.Refusal);
        Assert.Contains("marked as gzip but is not", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_encoding_is_UNIMPLEMENTED_and_the_known_ones_are_told()
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame("hi"), headers: ("grpc-encoding", "snappy"));

        Assert.Equal("12", answer.Refusal);
        Assert.Equal("identity,gzip", answer.Headers["grpc-accept-encoding"]);
        Assert.Contains("snappy", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "identity,gzip", true)]
    [InlineData("gzip", "identity", false)]
    [InlineData("identity", "identity, gzip", false)]
    public async Task Large_answers_are_compressed_only_for_a_caller_that_compresses(string encoding, string accepted, bool compressed)
    {
        await using var server = await StartAsync(OnUnary((request, _) =>
            ValueTask.FromResult<RpcResult<StringValue>>(new StringValue { Value = new string('x', int.Parse(request.Value)) })));
        using var raw = new RawClient(server.Target);
        (string, string)[] headers = [("grpc-encoding", encoding), ("grpc-accept-encoding", accepted)];

        var large = await raw.PostAsync(RawClient.Frame("5000"), headers: headers);
        var small = await raw.PostAsync(RawClient.Frame("100"), headers: headers);

        Assert.Equal(compressed ? 1 : 0, large.Body[0]);
        Assert.Equal(compressed, large.Headers.ContainsKey("grpc-encoding"));
        Assert.Equal(compressed, large.Body.Length < 500);
        Assert.Equal(0, small.Body[0]);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    [InlineData("1s")]
    public async Task A_malformed_timeout_is_refused(string timeout)
    {
        await using var server = await StartAsync(Echo());
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame("hi"), headers: ("grpc-timeout", timeout));

        Assert.Equal("13", answer.Refusal);
        Assert.Equal($"malformed grpc-timeout: {timeout}", answer.Message);
    }

    [Fact]
    public async Task Several_values_of_one_metadata_name_are_joined_by_commas()
    {
        await using var server = await StartAsync(OnUnary((_, call) =>
            ValueTask.FromResult<RpcResult<StringValue>>(new StringValue { Value = call.Header("x-many") ?? "" })));
        using var raw = new RawClient(server.Target);

        var answer = await raw.PostAsync(RawClient.Frame(""), headers: [("x-many", "a"), ("x-many", "b")]);

        Assert.Matches("^a, ?b$", StringValue.Parser.ParseFrom(answer.Body.AsSpan(5)).Value);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
