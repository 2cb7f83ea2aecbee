using System.Diagnostics;

namespace Snakepit.Tests.Postgres;

/// <summary>Where PostgreSQL's programs are, and as whom they run: never as root, which they refuse.</summary>
internal sealed class PostgresBinaries(string folder)
{
    private const string User = "postgres";

    // Debian keeps them out of the PATH, a folder a version.
    private const string Versions = "/usr/lib/postgresql";

    /// <summary>The newest there are; null if there are none.</summary>
    public static PostgresBinaries? Find()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var versions = Directory.Exists(Versions) ? Directory.GetDirectories(Versions).Select(version => Path.Combine(version, "bin")) : [];
        return versions.OrderByDescending(version => version, StringComparer.Ordinal)
            .Concat(path)
            .Where(candidate => File.Exists(Path.Combine(candidate, "initdb")) && File.Exists(Path.Combine(candidate, "postgres")))
            .Select(found => new PostgresBinaries(found))
            .FirstOrDefault();
    }

    /// <summary>Lets the user who will run the server use a folder.</summary>
    public static async Task GiveAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(folder, "chown", [User, folder]).ConfigureAwait(false);
        }
    }

    /// <summary>Runs one of the programs to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public Task RunAsync(string program, params string[] arguments)
    {
        program = Path.Combine(folder, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("/", "runuser", ["-u", User, "--", program, .. arguments])
            : RunAsync("/", program, arguments);
    }

    private static async Task RunAsync(string workingFolder, string program, string[] arguments)
    {
        // Output is not read: pg_ctl leaves a server behind that keeps the pipe open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
        {
            WorkingDirectory = workingFolder,
        })!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with status {process.ExitCode}.");
        }
    }
}
