using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Snakepit.Sidecar.Workers;

/// <summary>
/// Launches workers as processes of this machine, each in a session and process group of its own: what it starts can
/// be ended with it, and Ctrl-C in the terminal does not reach it.
/// </summary>
/// <param name="options">The command and its environment.</param>
/// <param name="serverAddress">Where this process serves, `HOST:PORT`.</param>
/// <param name="runId">Marks the processes of this run.</param>
/// <param name="folder">For the files in which workers say that they are ready. Of this run alone.</param>
/// <param name="logger">Told what workers print.</param>
internal sealed class ProcessLauncher(
    WorkerPoolOptions options, string serverAddress, string runId, DirectoryInfo folder, ILogger logger) : IWorkerLauncher
{
    /// <summary>
    /// Runs the worker in its place, and leaves behind a reader of its standard input, whose other end this process
    /// holds: should this process die, whatever of, the worker is asked to end, and killed 5 s later with what it has
    /// started. The worker itself reads nothing.
    /// </summary>
    private const string Guarded = """
        exec 3<&0 </dev/null
        (trap '' TERM INT HUP; read -r _ <&3; kill -TERM 0; sleep 5; kill -KILL 0) >/dev/null 2>&1 &
        exec 3<&-
        exec "$@"
        """;

    private static readonly string? SessionMaker = OperatingSystem.IsWindows() ? null : ProgramPath.Find("setsid");
    private static readonly string? Shell = OperatingSystem.IsWindows() ? null : ProgramPath.Find("sh");

    private int _launched;

    public IWorkerProcess Launch(string worker)
    {
        var readyFile = Path.Combine(folder.FullName, $"{worker}-{Interlocked.Increment(ref _launched)}.port");
        var ownGroup = SessionMaker is not null && Shell is not null;
        var start = Start(ownGroup);
        start.Environment["SNAKEPIT_READY_FILE"] = readyFile;
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new LaunchedProcess(Process.Start(start)!, worker, readyFile, ownGroup, logger);
        }
        catch (Exception refused) when (refused is Win32Exception or InvalidOperationException or IOException)
        {
            throw new WorkerLaunchException(refused.Message, refused);
        }
    }

    private ProcessStartInfo Start(bool ownGroup)
    {
        IEnumerable<string> words =
        [
            .. options.Command,
            .. options.Adapter.Length > 0 ? new[] { "--adapter", options.Adapter } : [],
            "--elixir-address", serverAddress,
            "--port", "0",
            "--snakepit-run-id", runId,
        ];
        if (ownGroup)
        {
            words = [SessionMaker!, Shell!, "-c", Guarded, "snakepit-worker", .. words];
        }

        return new ProcessStartInfo(words.First(), words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
    }
}
