using System.CommandLine;
using System.Diagnostics;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Client;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>`snakepit import`: the sessions of a file into a store.</summary>
internal sealed class ImportCommand : StoreCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "a file that export has written" };

    private readonly Option<bool> _skipExisting = new("--skip-existing")
    {
        Description = "leave out sessions that are there in another state, rather than refuse the file",
    };

    public ImportCommand()
        : base(
            StoreSettings.All,
            "import",
            "Bring the sessions of a file into a data folder, whose server must be stopped, or into a cluster. Nothing is changed "
                + "before the whole file is checked; after an interruption the same command does the rest.",
            "snakepit import sessions.snakepit --data ./data",
            "SNAKEPIT_DATABASE='Host=localhost;Username=snakepit;Database=snakepit' snakepit import sessions.snakepit --cluster")
    {
        Takes(_file, _skipExisting);
    }

    protected override async Task RunAsync(ParseResult parsed, StorePlace where, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(_file);
        var streams = parsed.InvocationConfiguration;
        var start = Stopwatch.GetTimestamp();
        await using var file = ArchiveInput.Open(name);

        using var progress = ProgressLine.On(streams.Error, "importing");
        progress?.FileBytes = file.Length;
        var import = new ArchiveImport(file, name, parsed.GetValue(_skipExisting), progress);
        await using var existing = where.Exists ? await where.OpenAsync(cancellation) : null;
        await import.CheckAsync(existing, cancellation);

        // A file that is refused shall not even leave an empty store.
        await using var made = existing is null ? await where.OpenAsync(cancellation) : null;
        var result = await import.StoreAsync((existing ?? made)!, cancellation);
        progress?.Dispose();
        Write(Output(parsed, streams.Output), result, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static void Write(Output output, ImportResult result, double seconds) => output.Write(
        $"imported {Shown.Count(result.Sessions, "session")}, {Shown.Count(result.Changes, "change")}: {result.Bytes} bytes in {Shown.Seconds(seconds)}"
            + Part(result.Present, "session", "already there")
            + Part(result.Skipped, "session", "left alone")
            + Part(result.Calculations, "calculation", "imported")
            + Part(result.CalculationsLeft, "calculation", "left out"),
        json =>
        {
            json.WriteNumber("sessions", result.Sessions);
            json.WriteNumber("changes", result.Changes);
            json.WriteNumber("bytes", result.Bytes);
            json.WriteNumber("seconds", Math.Round(seconds, 3));
            json.WriteNumber("present", result.Present);
            json.WriteNumber("skipped", result.Skipped);
            json.WriteNumber("calculations", result.Calculations);
            json.WriteNumber("calculations_left_out", result.CalculationsLeft);
        });

    private static string Part(long count, string what, string became) => count == 0 ? "" : $"; {Shown.Count(count, what)} {became}";
}
