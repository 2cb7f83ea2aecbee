using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Bench.Bare;

/// <summary>
/// `/answer/N` reads the request and answers a gRPC message of N bytes, at least 6; `/publish/N` does so too, and lets every
/// open `/push/M` send one of M bytes, after the one that each begins with. What has gathered for a stream goes out in one flush.
/// </summary>
internal sealed class BareApplication : IHttpApplication<IFeatureCollection>
{
    private const int PrefixBytes = 5;
    private const int LeastBytes = 6;
    private static readonly ConcurrentDictionary<int, byte[]> Frames = new();

    private readonly Lock _ringing = new();
    private TaskCompletionSource _bell = NewBell();
    private long _published;

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var path = context.GetRequiredFeature<IHttpRequestFeature>().Path;
        var slash = path.LastIndexOf('/');
        var frame = Frames.GetOrAdd(int.Parse(path.AsSpan(slash + 1), CultureInfo.InvariantCulture), Frame);
        await ReadToEndAsync(context.GetRequiredFeature<IRequestBodyPipeFeature>().Reader);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.Headers.ContentType = "application/grpc";
        var body = context.GetRequiredFeature<IHttpResponseBodyFeature>();
        switch (path.AsSpan(0, slash))
        {
            case "/push":
                await PushAsync(context, body, frame);
                break;
            case "/publish":
                Publish();
                goto default;
            default:
                context.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
                await body.Writer.WriteAsync(frame);
                break;
        }
    }

    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A message that every parser reads: its only field has all the bytes, and a length written in five.
    private static byte[] Frame(int bytes)
    {
        var frame = new byte[PrefixBytes + bytes];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes);
        if (bytes >= LeastBytes)
        {
            var left = bytes - LeastBytes;
            byte[] start = [0x0a, Seven(left, 0), Seven(left, 1), Seven(left, 2), Seven(left, 3), (byte)(left >> 28)];
            start.CopyTo(frame, PrefixBytes);
        }

        return frame;
    }

    private static byte Seven(int number, int group) => (byte)(0x80 | ((number >> (7 * group)) & 0x7f));

    private static async ValueTask ReadToEndAsync(PipeReader body)
    {
        while (true)
        {
            var read = await body.ReadAsync();
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private void Publish()
    {
        lock (_ringing)
        {
            _published++;
            var bell = _bell;
            _bell = NewBell();
            bell.SetResult();
        }
    }

    private async Task PushAsync(IFeatureCollection context, IHttpResponseBodyFeature body, byte[] frame)
    {
        var gone = context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
        var (pushed, bell) = Look();
        await body.Writer.WriteAsync(frame, gone);
        while (!gone.IsCancellationRequested)
        {
            (var published, bell) = Look();
            if (published == pushed)
            {
                await bell.WaitAsync(gone);
                continue;
            }

            for (; pushed < published; pushed++)
            {
                frame.CopyTo(body.Writer.GetSpan(frame.Length));
                body.Writer.Advance(frame.Length);
            }

            await body.Writer.FlushAsync(gone);
        }
    }

    private (long Published, Task Bell) Look()
    {
        lock (_ringing)
        {
            return (_published, _bell.Task);
        }
    }
}
