using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Transport;

/// <summary>
/// What Kestrel offers on one HTTP/2 stream. Kestrel reuses its streams within a connection and keeps
/// this with them, so that the lookups are made once and not for each call.
/// </summary>
internal sealed class HttpExchange(IFeatureCollection features)
{
    public IHttpRequestFeature Request { get; } = features.GetRequiredFeature<IHttpRequestFeature>();

    public IRequestBodyPipeFeature RequestBody { get; } = features.GetRequiredFeature<IRequestBodyPipeFeature>();

    public IHttpResponseFeature Response { get; } = features.GetRequiredFeature<IHttpResponseFeature>();

    public IHttpResponseBodyFeature ResponseBody { get; } = features.GetRequiredFeature<IHttpResponseBodyFeature>();

    public IHttpResponseTrailersFeature Trailers { get; } = features.GetRequiredFeature<IHttpResponseTrailersFeature>();

    public IHttpRequestLifetimeFeature Lifetime { get; } = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();

    public IHttpConnectionFeature Connection { get; } = features.GetRequiredFeature<IHttpConnectionFeature>();

    /// <summary>The caller's certificate, which has been found valid; null = it has shown none, or the connection is cleartext.</summary>
    public X509Certificate2? ClientCertificate => features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    public IHttpResetFeature Stream { get; } = features.GetRequiredFeature<IHttpResetFeature>();
}
