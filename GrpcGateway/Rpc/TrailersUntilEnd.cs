using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// The trailers of a call that can end before its handler does, as by its deadline. Then they are sent; Grpc.AspNetCore,
/// which does not know, writes the status of the handler to nobody.
/// </summary>
internal sealed class TrailersUntilEnd(ServerCall call) : IHttpResponseTrailersFeature
{
    public IHeaderDictionary Trailers
    {
        get => call.HasEndedEarly ? new HeaderDictionary() : call.Http.Trailers.Trailers;
        set => call.Http.Trailers.Trailers = value;
    }
}
