using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Postgres;

/// <summary>The processes of one server: those that work in its data folder.</summary>
internal static class PostgresProcesses
{
    /// <summary>Kills them all at once, so that none can clean up, and ends when they are gone.</summary>
    /// <exception cref="TimeoutException">They are still there.</exception>
    public static async Task KillAsync(string dataFolder, TimeSpan deadline)
    {
        var since = Stopwatch.GetTimestamp();

        // More than once: the first of them may just have started another.
        while (Find(dataFolder) is { Count: > 0 } running)
        {
            running.ForEach(Kill);
            if (Stopwatch.GetElapsedTime(since) > deadline)
            {
                throw new TimeoutException($"The server on {dataFolder} is still there {deadline} after it was killed.");
            }

            // They are no children of ours: there is nothing to wait on but their going.
            await Task.Delay(10).ConfigureAwait(false);
        }

        // Names a process that may not have been buried yet, which a new server would take for a living one.
        if (Directory.Exists(dataFolder))
        {
            File.Delete(Path.Combine(dataFolder, "postmaster.pid"));
        }
    }

    private static List<int> Find(string dataFolder) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(process => WorksIn(process, dataFolder))
            .Select(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture)),
    ];

    private static bool WorksIn(string process, string folder)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0]) &&
                File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is someone else's.
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
