using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Transport;

namespace Snakepit.GrpcGateway.Rpc;

/// <summary>
/// The trailers of a call with a deadline. Once that has ended the call they are sent; Grpc.AspNetCore, which
/// does not know, then writes the status of the handler to nobody.
/// </summary>
internal sealed class TrailersUntilDeadline(ServerCall call) : IHttpResponseTrailersFeature
{
    public IHeaderDictionary Trailers
    {
        get => call.HasExpired ? new HeaderDictionary() : call.Http.Trailers.Trailers;
        set => call.Http.Trailers.Trailers = value;
    }
}
