namespace Snakepit.WebConsole;

/// <summary>One file of the page, in every encoding that it is kept in.</summary>
public sealed record ConsoleFile
{
    public required string ContentType { get; init; }

    /// <summary>What the file is known by in a browser's cache: an ETag of its contents.</summary>
    public required string Tag { get; init; }

    /// <summary>Its name changes with its contents: a browser need never ask for it again.</summary>
    public required bool IsImmutable { get; init; }

    public required byte[] Plain { get; init; }

    /// <summary>Null = not kept so.</summary>
    public byte[]? Brotli { get; init; }

    /// <summary>Null = not kept so.</summary>
    public byte[]? Gzip { get; init; }

    /// <summary>The smallest encoding that an Accept-Encoding allows. Null as the name = as it is.</summary>
    public (byte[] Content, string? Encoding) For(string acceptEncoding)
    {
        var accepted = acceptEncoding.Split(',', StringSplitOptions.TrimEntries)
            .Where(static coding => !coding.EndsWith(";q=0", StringComparison.Ordinal))
            .Select(static coding => coding.Split(';')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return (Brotli, Gzip) switch
        {
            ({ } brotli, _) when accepted.Contains("br") => (brotli, "br"),
            (_, { } gzip) when accepted.Contains("gzip") => (gzip, "gzip"),
            _ => (Plain, null),
        };
    }

    /// <summary>The type of a file by its name; null for what no browser asks for.</summary>
    internal static string? TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => null,
    };
}
