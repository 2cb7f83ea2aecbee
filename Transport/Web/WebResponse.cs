using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Transport;

/// <summary>
/// Stands for what gRPC needs of HTTP/2 and a browser cannot have: its trailers are gathered and written as the last
/// frame of the body, and to reset the stream is to abort the request. The rest is the response as Kestrel has it.
/// </summary>
internal sealed class WebResponse : IHttpResponseTrailersFeature, IHttpResetFeature, IHttpResponseBodyFeature
{
    private const int Open = 0;
    private const int Ended = 1;

    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpRequestLifetimeFeature _lifetime;
    private int _end = Open;

    private WebResponse(IFeatureCollection features)
    {
        _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
    }

    /// <summary>Filled by the end of the call, sent by <see cref="End"/>.</summary>
    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public Stream Stream => _body.Stream;

    public PipeWriter Writer => _body.Writer;

    /// <summary>Takes its place among the features of a request, before anything is made of them.</summary>
    public static WebResponse Of(IFeatureCollection features)
    {
        var response = new WebResponse(features);
        features.Set<IHttpResponseTrailersFeature>(response);
        features.Set<IHttpResetFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        return response;
    }

    /// <summary>Buffers the trailers' frame, if the status is not in the headers; what comes after the first time is nothing.</summary>
    public void End()
    {
        if (Interlocked.CompareExchange(ref _end, Ended, Open) != Open
            || Trailers.Count == 0 || _lifetime.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var (name, value) in Trailers)
        {
            text.Append(name.ToLowerInvariant()).Append(": ").Append(value.ToString()).Append("\r\n");
        }

        // Names and values are printable ASCII, by who set them.
        var size = Framing.PrefixSize + text.Length;
        var frame = Writer.GetSpan(size)[..size];
        frame[0] = GrpcWebNames.TrailersFrame;
        BinaryPrimitives.WriteUInt32BigEndian(frame[1..], (uint)text.Length);
        Encoding.ASCII.GetBytes(text.ToString(), frame[Framing.PrefixSize..]);
        Writer.Advance(size);
    }

    public void Reset(int errorCode) => _lifetime.Abort();

    /// <summary>Sends the whole response now: a deadline ends a call before its handler does.</summary>
    public Task CompleteAsync()
    {
        End();
        return _body.CompleteAsync();
    }

    public void DisableBuffering() => _body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        _body.SendFileAsync(path, offset, count, cancellationToken);
}
