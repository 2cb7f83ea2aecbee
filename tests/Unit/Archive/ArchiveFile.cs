using Snakepit.Storage.Archive;

namespace Snakepit.Tests.Archive;

/// <summary>Files of exported sessions, in memory.</summary>
internal static class ArchiveFile
{
    public const string Name = "some.file";

    public static async Task<byte[]> OfAsync(ISessionArchive store)
    {
        using var file = new MemoryStream();
        var result = await ArchiveExport.RunAsync(store, file, progress: null, takenAt: null, default);
        Assert.Equal(file.Length, result.Bytes);
        return file.ToArray();
    }

    public static Task<ImportResult> IntoAsync(ISessionArchive store, byte[] file, bool skipsExisting = false) =>
        IntoAsync(store, file, progress: null, default, skipsExisting);

    public static async Task<ImportResult> IntoAsync(
        ISessionArchive store, byte[] file, IProgress<ArchiveProgress>? progress, CancellationToken cancellation, bool skipsExisting = false)
    {
        var import = new ArchiveImport(new MemoryStream(file), Name, skipsExisting, progress);
        await import.CheckAsync(store, cancellation);
        return await import.StoreAsync(store, cancellation);
    }

    /// <summary>The same records in a file of another version.</summary>
    public static byte[] AsVersion(byte[] file, int version)
    {
        var other = ArchiveFormat.Head(version).Concat(file.Skip(ArchiveFormat.HeadLength)).ToArray();
        Span<byte> sum = stackalloc byte[ArchiveFormat.SumLength];
        ArchiveFormat.Sum(other.AsSpan(0, ArchiveFormat.HeadLength), sum);
        var boundaries = Boundaries(file);
        foreach (var (from, to) in boundaries.Zip(boundaries.Skip(1)))
        {
            var summed = other.AsSpan(from, to - from - ArchiveFormat.SumLength);
            ArchiveFormat.Sum([.. sum, .. summed], sum);
            sum.CopyTo(other.AsSpan(to - ArchiveFormat.SumLength));
        }

        return other;
    }

    /// <summary>Where each record begins, and the end.</summary>
    public static List<int> Boundaries(byte[] file)
    {
        var boundaries = new List<int> { ArchiveFormat.HeadLength };
        while (boundaries[^1] < file.Length)
        {
            boundaries.Add(boundaries[^1] + ArchiveFormat.LengthsLength + BitConverter.ToInt32(file, boundaries[^1]) + ArchiveFormat.SumLength);
        }

        return boundaries;
    }
}
