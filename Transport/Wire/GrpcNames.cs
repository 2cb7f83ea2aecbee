namespace Snakepit.Transport;

/// <summary>Header names and values of gRPC's HTTP/2 mapping.</summary>
internal static class GrpcNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string Authorization = "authorization";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Gzip = "gzip";
    public const string Identity = "identity";
    public const string AcceptedEncodings = "identity,gzip";

    /// <summary>
    /// Whether a content type is gRPC with protobuf messages: `application/grpc`, `application/grpc+proto`,
    /// either with parameters. `application/grpc-web` and other codecs are not.
    /// </summary>
    public static bool IsGrpc(ReadOnlySpan<char> contentType)
    {
        if (!contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = contentType[ContentType.Length..];
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest["+proto".Length..];
        }

        return rest.IsEmpty || rest[0] is ';' or ' ';
    }

    /// <summary>Whether a list of encodings such as `identity, deflate, gzip` names gzip.</summary>
    public static bool ListsGzip(ReadOnlySpan<char> encodings)
    {
        foreach (var part in encodings.Split(','))
        {
            if (encodings[part].Trim().Equals(Gzip, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
