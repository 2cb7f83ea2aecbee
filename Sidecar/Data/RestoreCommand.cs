using System.CommandLine;
using System.Diagnostics;
using Snakepit.Sidecar.Client;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Sidecar.Data;

/// <summary>`snakepit restore`: a data folder out of a backup.</summary>
internal sealed class RestoreCommand : StoreCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "a file that backup or export has written" };

    public RestoreCommand()
        : base(
            StoreSettings.Folder,
            "restore",
            "Make a data folder, which must be empty, of a backup. Every session goes on above all revisions that the lost server can "
                + "have given out: whoever resumes a watch is told `resync`, and given the restored values.",
            "snakepit restore sessions.backup --data ./data")
    {
        Takes(_file);
    }

    protected override async Task RunAsync(ParseResult parsed, StorePlace where, CancellationToken cancellation)
    {
        var streams = parsed.InvocationConfiguration;
        var start = Stopwatch.GetTimestamp();
        var name = parsed.GetRequiredValue(_file);
        await using var file = ArchiveInput.Open(name);
        using var progress = ProgressLine.On(streams.Error, "restoring");
        progress?.FileBytes = file.Length;
        var import = new ArchiveImport(file, name, skipsExisting: false, progress);
        if (SqliteRestore.IsEmpty(where.Folder!))
        {
            // A file that is refused shall not even leave a folder.
            await import.CheckAsync(store: null, cancellation);
        }

        using var restore = SqliteRestore.Into(where.Folder!);
        var raise = new RevisionRaise(TimeProvider.System.GetUtcNow(), import.TakenAt);
        var (imported, raised) = await restore.RunAsync(import, raise, cancellation);
        progress?.Dispose();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Output(parsed, streams.Output).Write(
            $"restored {Shown.Count(imported.Sessions, "session")}, {Shown.Count(imported.Changes, "change")} in {Shown.Seconds(seconds)}; revisions go on above {raised.Revision}",
            json =>
            {
                json.WriteNumber("sessions", imported.Sessions);
                json.WriteNumber("changes", imported.Changes);
                json.WriteNumber("calculations", imported.Calculations);
                json.WriteNumber("bytes", imported.Bytes);
                json.WriteNumber("seconds", Math.Round(seconds, 3));
                RaiseRevisionsCommand.Write(json, raised);
            });
    }
}
