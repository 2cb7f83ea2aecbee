namespace Snakepit.Transport;

/// <summary>Content types of gRPC-Web, the form of gRPC that programs in browsers speak.</summary>
internal static class GrpcWebNames
{
    public const string ContentType = "application/grpc-web+proto";

    /// <summary>The first byte of the frame that holds the trailers.</summary>
    public const byte TrailersFrame = 0x80;

    /// <summary>
    /// Whether a content type is gRPC-Web with protobuf messages as they are: `application/grpc-web`,
    /// `application/grpc-web+proto`, either with parameters. Its form in base64, `-text`, is not served.
    /// </summary>
    public static bool IsGrpcWeb(ReadOnlySpan<char> contentType)
    {
        const string Web = "application/grpc-web";
        if (!contentType.StartsWith(Web, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = contentType[Web.Length..];
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest["+proto".Length..];
        }

        return rest.IsEmpty || rest[0] is ';' or ' ';
    }
}
