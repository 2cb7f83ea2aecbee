using System.CommandLine;
using System.Diagnostics;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Client;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>`snakepit export`: all sessions into a file.</summary>
internal sealed class ExportCommand : StoreCommand
{
    private const string ToStandardOutput = "-";

    private readonly Argument<string> _file = new("FILE") { Description = "the file to write; - = stdout" };

    public ExportCommand()
        : base(
            StoreSettings.All,
            "export",
            "Write all sessions into a file, with their histories and revisions: out of a data folder, whose server must be "
                + "stopped, or of a cluster.",
            "snakepit export sessions.snakepit --data ./data",
            "SNAKEPIT_DATABASE='Host=localhost;Username=snakepit;Database=snakepit' snakepit export sessions.snakepit --cluster",
            "snakepit export - | zstd > sessions.snakepit.zst")
    {
        Takes(_file);
    }

    protected override async Task RunAsync(ParseResult parsed, StorePlace where, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(_file);
        var toStandardOutput = name == ToStandardOutput;
        if (toStandardOutput && !Console.IsOutputRedirected)
        {
            throw new MistakeException("FILE: a terminal cannot take the sessions; name a file or redirect stdout");
        }

        var streams = parsed.InvocationConfiguration;
        var start = Stopwatch.GetTimestamp();
        if (!where.Exists)
        {
            throw new MistakeException($"{where.Folder} holds no sessions: it has no snakepit.db");
        }

        await using var store = await where.OpenAsync(cancellation);
        ExportResult result;
        using (var progress = ProgressLine.On(streams.Error, "exporting"))
        await using (var file = toStandardOutput ? null : new DraftFile(name))
        {
            progress?.Sessions = store.Count;
            await using var output = (Stream?)file?.Content ?? new BufferedStream(StandardOutput.OpenBytes(), DraftFile.BufferSize);
            result = await ArchiveExport.RunAsync(store, output, progress, takenAt: null, cancellation);
            file?.Complete(replaces: true);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Output(parsed, toStandardOutput ? streams.Error : streams.Output).Write(
            $"exported {Shown.Count(result.Sessions, "session")}, {Shown.Count(result.Changes, "change")}: {result.Bytes} bytes in {Shown.Seconds(seconds)}"
                + (toStandardOutput ? "" : $", to {OneLine.Of(name)}"),
            json =>
            {
                json.WriteNumber("sessions", result.Sessions);
                json.WriteNumber("changes", result.Changes);
                json.WriteNumber("bytes", result.Bytes);
                json.WriteNumber("seconds", Math.Round(seconds, 3));
            });
    }
}
