using System.Diagnostics;
using System.Globalization;
using Snakepit.Serving.Doctor;
using Snakepit.Sidecar.Client;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Sidecar.Doctor;

/// <summary>The data folder, what is in it, and the disk it is on.</summary>
/// <param name="folder">Its full path. Need not exist.</param>
/// <param name="isDeep">Whether every page of the database is read.</param>
/// <param name="rights">What this user may do with it.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderChecks(string folder, bool isDeep, FolderRights rights, TimeProvider time)
{
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 64L << 20;
    private const int Flushes = 5;
    private const int FlushBytes = 4096;
    private const int NoRoom = 28; // ENOSPC
    private const int NoQuota = 122; // EDQUOT

    // They show what the kernel knows, and keep nothing.
    private static readonly string[] OfKernel = ["proc", "sysfs", "cgroup2fs", "cgroupfs", "debugfs", "tracefs", "devpts"];
    private static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>Whether a server uses the store; null = it has not been looked at, or could not be.</summary>
    public bool? IsServed { get; private set; }

    public IEnumerable<Finding> Run()
    {
        // The folder, or the nearest one that is there and in which it would be made.
        var there = folder;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
        {
            if (File.Exists(there))
            {
                yield return Finding.Bad("store", $"{there} is a file: a data folder cannot be there", "choose another folder with --data");
                yield break;
            }

            there = above;
        }

        var disk = new DriveInfo(there);
        if (OfKernel.Contains(disk.DriveFormat))
        {
            yield return Finding.Bad(
                "store", $"{folder} cannot be a data folder: {there} is the kernel's ({disk.DriveFormat}), and keeps no files", "choose a folder on a disk with --data");
            yield break;
        }

        if (rights.Missing(folder) is { } missing)
        {
            // What is in it, and how fast it is, cannot be known without.
            yield return missing;
            yield return Space(there, disk.AvailableFreeSpace);
            yield break;
        }

        foreach (var finding in Store(disk))
        {
            yield return finding;
        }

        yield return Space(there, disk.AvailableFreeSpace);
        yield return Disk(there);
    }

    private IEnumerable<Finding> Store(DriveInfo disk)
    {
        const string Subject = "store";
        FolderInspection found;
        Finding? failed = null;
        try
        {
            found = FolderInspection.Of(folder, isDeep);
        }
        catch (StoreException failure)
        {
            // A disk without a page of room keeps it from being opened, and it can be whole for all that.
            failed = Finding.Bad(Subject, failure.Message, disk.AvailableFreeSpace < FlushBytes
                ? "make room on its disk, and look again"
                : "leave the file as it is, and restore the newest backup into another folder");
            found = null!;
        }

        if (failed is not null)
        {
            yield return failed;
            yield break;
        }

        IsServed = found.IsInUse;
        yield return !found.Exists
            ? Finding.Good(Subject, $"{folder} has no store yet; it will be made")
            : found.Version > FolderInspection.PresentVersion
                ? Finding.Bad(Subject, $"{folder} has format {found.Version}, this program knows up to {FolderInspection.PresentVersion}", "use a newer program")
                : Finding.Good(Subject, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{folder}: {Shown.Count(found.Sessions, "session")}, {found.Bytes / 1048576.0:0.0} MiB, format {found.Version}")
                    + (found.IsInUse == true ? "; a server uses it" : ""));
        if (found.NewestCommit is { } newest)
        {
            var now = time.GetUtcNow();
            yield return newest > now + Ahead
                ? Finding.Bad("clock", $"it says {now:u}, but the store's newest change was made at {newest:u}", "set the clock: sessions would live longer than they should")
                : Finding.Good("clock", $"{now:u}, after the store's newest change");
        }
    }

    private static Finding Space(string there, long free)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / 1073741824.0:0.0} GiB free at {there}");
        return free < NoSpace
            ? Finding.Bad("space", text, "make room: without it changes are refused with UNAVAILABLE")
            : free < LittleSpace
                ? Finding.Doubtful("space", text, "make room soon")
                : Finding.Good("space", text);
    }

    private static Finding Disk(string there)
    {
        const string Subject = "disk";
        var probe = Path.Combine(there, $".snakepit-doctor-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            List<TimeSpan> taken = [];
            using (var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                for (var n = 0; n < Flushes; n++)
                {
                    var began = Stopwatch.GetTimestamp();
                    file.Write(new byte[FlushBytes]);
                    file.Flush(flushToDisk: true);
                    taken.Add(Stopwatch.GetElapsedTime(began));
                }
            }

            taken.Sort();
            var median = taken[Flushes / 2];
            var text = string.Create(CultureInfo.InvariantCulture, $"a flush to it takes {median.TotalMilliseconds:0.0} ms");
            return median > SlowFlush
                ? Finding.Doubtful(Subject, text, "each commit waits for one: a faster disk makes every change faster")
                : Finding.Good(Subject, text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unwritten(there, failure);
        }
    }

    internal static Finding Unwritten(string there, Exception failure)
    {
        const string Subject = "disk";
        return failure is UnauthorizedAccessException
            ? Finding.Bad(Subject, $"{there} cannot be written: {failure.Message}", "give this user the right to write there, or choose another folder with --data")
            : (failure.HResult & 0xFFFF) is NoRoom or NoQuota
                ? Finding.Bad(Subject, $"{there} cannot be written: its disk is full", "make room there, or choose a folder on another disk with --data")
                : Finding.Bad(Subject, $"{there} cannot be written: {failure.Message}", "look what is wrong with its disk (`dmesg`), or choose another folder with --data");
    }
}
