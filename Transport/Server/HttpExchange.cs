using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Transport;

/// <summary>
/// What Kestrel offers on one HTTP/2 stream. Kestrel reuses its streams within a connection and keeps
/// this with them, so that the lookups are made once and not for each call.
/// </summary>
internal sealed class HttpExchange(IFeatureCollection features)
{
    public IHttpRequestFeature Request { get; } = features.GetRequiredFeature<IHttpRequestFeature>();

    /// <summary>The request's path, by which its method is found. A CONNECT has none, for which Kestrel gives null.</summary>
    public string Path => Request.Path ?? "";

    public IRequestBodyPipeFeature RequestBody { get; } = features.GetRequiredFeature<IRequestBodyPipeFeature>();

    public IHttpResponseFeature Response { get; } = features.GetRequiredFeature<IHttpResponseFeature>();

    public IHttpResponseBodyFeature ResponseBody { get; } = features.GetRequiredFeature<IHttpResponseBodyFeature>();

    public IHttpResponseTrailersFeature Trailers { get; } = features.GetRequiredFeature<IHttpResponseTrailersFeature>();

    public IHttpRequestLifetimeFeature Lifetime { get; } = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();

    public IHttpConnectionFeature Connection { get; } = features.GetRequiredFeature<IHttpConnectionFeature>();

    /// <summary>Null where the connection is not encrypted.</summary>
    public ITlsConnectionFeature? Tls => features.Get<ITlsConnectionFeature>();

    /// <summary>Null where nobody wants to know how long calls take, and where the connection does not note it.</summary>
    public LatestRead? LatestRead { get; } = features.Get<LatestRead>();

    public IHttpResetFeature Stream { get; } = features.GetRequiredFeature<IHttpResetFeature>();
}
