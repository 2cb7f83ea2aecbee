namespace Snakepit.Storage.Sqlite;

/// <summary>What there is to say of a data folder without using it. Nothing is created or changed.</summary>
/// <param name="Exists">Whether it has a database.</param>
/// <param name="IsInUse">Whether a process uses it now; null = it is not for this user to know.</param>
/// <param name="Bytes">Of the database, its write-ahead log and its large values.</param>
/// <param name="Version">Of its format.</param>
/// <param name="Sessions">Stored.</param>
/// <param name="NewestCommit">When the newest commit was made; null = none was.</param>
public sealed record FolderInspection(
    bool Exists, bool? IsInUse, long Bytes, int Version, long Sessions, DateTimeOffset? NewestCommit)
{
    /// <summary>The format that this program writes.</summary>
    public static int PresentVersion => SqliteSchema.Steps.Count;

    /// <summary>What a server has open in a data folder, by full path; not each is there always.</summary>
    public static IEnumerable<string> FilesOf(string folder) => [Path.Combine(folder, DataFolder.LockName), .. SqliteFile.In(folder).Parts];

    /// <param name="folder">Need not exist.</param>
    /// <param name="isDeep">Whether every page and every large value is looked at: that takes as long as reading the files.</param>
    /// <exception cref="StoreException">It cannot be read, or what is in it is damaged or not ours.</exception>
    public static FolderInspection Of(string folder, bool isDeep)
    {
        var file = SqliteFile.In(folder);
        if (!file.Exists)
        {
            return new FolderInspection(Exists: false, DataFolder.IsInUse(folder), 0, 0, 0, null);
        }

        return file.Try("read", () =>
        {
            var version = file.FindVersion();
            using var connection = file.OpenReader();
            if (isDeep && connection.Text("PRAGMA quick_check(1)") is not "ok" and var damage)
            {
                throw new IOException($"it is damaged: {damage}");
            }

            if (version >= SqliteSchema.WithValueFile)
            {
                file.Values.Check(connection);
                if (isDeep)
                {
                    file.Values.CheckAll(connection);
                }
            }

            var newest = connection.Number("SELECT coalesce((SELECT time FROM log ORDER BY seq DESC LIMIT 1), 0)");
            return new FolderInspection(
                Exists: true,
                DataFolder.IsInUse(folder),
                file.Length,
                (int)version,
                connection.Number("SELECT value FROM meta WHERE name = 'sessions'"),
                newest == 0 ? null : UnixTime.FromMicroseconds(newest));
        });
    }
}
