using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;

namespace Snakepit.WebConsole;

/// <summary>
/// The files of the page, by the paths a browser asks for. Read from this assembly when they are first asked for, and
/// kept: a server whose page nobody opens has none of it in memory.
/// </summary>
public static class ConsoleFiles
{
    private const string Page = "index.html";

    private static readonly Assembly Resources = typeof(ConsoleFiles).Assembly;

    private static readonly Lazy<HashSet<string>> Names =
        new(static () => Resources.GetManifestResourceNames().ToHashSet(StringComparer.Ordinal));

    private static readonly ConcurrentDictionary<string, ConsoleFile?> Read = new(StringComparer.Ordinal);

    /// <summary>Whether there is a page: there is none where the build could not fetch what it is made with.</summary>
    public static bool AreBuilt => Names.Value.Contains(Page);

    /// <summary>The file of a path such as `/` or `/assets/style-1234.css`; null where there is none.</summary>
    public static ConsoleFile? Find(string path)
    {
        var name = path == "/" ? Page : path.TrimStart('/');
        return Names.Value.Contains(name) && ConsoleFile.TypeOf(name) is not null ? Read.GetOrAdd(name, Load) : null;
    }

    private static ConsoleFile? Load(string name)
    {
        var content = Bytes(name)!;
        return new ConsoleFile
        {
            ContentType = ConsoleFile.TypeOf(name)!,
            Tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"",
            IsImmutable = name != Page,
            Plain = content,
            Brotli = Bytes(name + ".br"),
            Gzip = Bytes(name + ".gz"),
        };
    }

    private static byte[]? Bytes(string name)
    {
        using var stream = Resources.GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
