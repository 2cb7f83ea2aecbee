using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Postgres;

/// <summary>The processes of one server, found by way of its data folder.</summary>
internal static class PostgresProcesses
{
    /// <summary>The number of the first process of the server on a data folder; 0 where none runs.</summary>
    public static int Postmaster(string dataFolder)
    {
        // The file outlives a server that was killed, and then its number may be another's.
        var file = Path.Combine(dataFolder, "postmaster.pid");
        return File.Exists(file) &&
            int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) &&
            CommandLine(id).Contains(dataFolder, StringComparison.Ordinal)
            ? id
            : 0;
    }

    /// <summary>Kills a server at once, its first process before the others, so that it cannot clean up.</summary>
    /// <exception cref="TimeoutException">They are still there.</exception>
    public static async Task KillAsync(int postmaster, TimeSpan deadline)
    {
        if (postmaster == 0)
        {
            return;
        }

        int[] all = [postmaster, .. Children(postmaster)];
        Array.ForEach(all, Kill);
        var since = Stopwatch.GetTimestamp();
        while (all.Any(id => CommandLine(id).Length > 0))
        {
            if (Stopwatch.GetElapsedTime(since) > deadline)
            {
                throw new TimeoutException($"The server {postmaster} is still there {deadline} after it was killed.");
            }

            // They are no children of ours: there is nothing to wait on but their going.
            await Task.Delay(10).ConfigureAwait(false);
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

    // Empty once it has ended, even before its parent has heard of that.
    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static IEnumerable<int> Children(int parent)
    {
        var file = $"/proc/{parent}/task/{parent}/children";
        return File.Exists(file)
            ? File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))
            : [];
    }
}
