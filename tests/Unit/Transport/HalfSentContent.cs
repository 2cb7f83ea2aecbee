using System.Net;
using System.Net.Http.Headers;

namespace Snakepit.Tests.Unit.Transport;

/// <summary>The body of a call that sends a part of its message, and the rest when it is told to.</summary>
internal sealed class HalfSentContent : HttpContent
{
    private readonly byte[] _frame;
    private readonly int _missing;
    private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="frame">The message, framed.</param>
    /// <param name="missing">Bytes at its end that wait.</param>
    public HalfSentContent(byte[] frame, int missing)
    {
        (_frame, _missing) = (frame, missing);
        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    public void SendRest() => _rest.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var part = _frame.Length - _missing;
        await stream.WriteAsync(_frame.AsMemory(0, part));
        await stream.FlushAsync();
        await _rest.Task;
        await stream.WriteAsync(_frame.AsMemory(part));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
