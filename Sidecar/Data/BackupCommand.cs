using System.CommandLine;
using System.Diagnostics;
using Snakepit.Serving;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Client;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Sidecar.Data;

/// <summary>`snakepit backup`: all sessions of a data folder into a file, while its server runs.</summary>
internal sealed class BackupCommand : StoreCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "the file to write" };

    private readonly Option<bool> _replace = new("--replace") { Description = "take the place of a file of that name" };

    public BackupCommand()
        : base(
            StoreSettings.Folder,
            "backup",
            "Write all that a data folder holds into a file, as it is at this moment; its server may run. The file is read again and "
                + "checked before it gets its name. `snakepit restore` makes a data folder of it. A cluster's backup is PostgreSQL's.",
            "snakepit backup sessions.backup --data ./data",
            "snakepit backup sessions.backup --data ./data --replace --json")
    {
        Takes(_file, _replace);
    }

    protected override async Task RunAsync(ParseResult parsed, StorePlace where, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(_file);
        var streams = parsed.InvocationConfiguration;
        var start = Stopwatch.GetTimestamp();
        if (!where.Exists)
        {
            throw new MistakeException($"{where.Folder} holds no sessions: it has no snakepit.db");
        }

        if (!parsed.GetValue(_replace) && File.Exists(name))
        {
            throw new MistakeException($"{OneLine.Of(name)} is there already; name another file, or say {_replace.Name}");
        }

        await using var source = SqliteBackup.Of(where.Folder!);
        var takenAt = TimeProvider.System.GetUtcNow();
        ExportResult written;
        using (var progress = ProgressLine.On(streams.Error, "backing up"))
        await using (var file = new DraftFile(name))
        {
            progress?.Sessions = source.Count;
            written = await ArchiveExport.RunAsync(source, file.Content, progress, takenAt, cancellation);
            file.Flush();
            progress?.FileBytes = written.Bytes;
            await CheckAsync(file.Content, name, written, progress, cancellation);
            file.Complete(parsed.GetValue(_replace));
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Output(parsed, streams.Output).Write(
            $"backed up {Shown.Count(written.Sessions, "session")}, {Shown.Count(written.Changes, "change")}: {written.Bytes} bytes in {Shown.Seconds(seconds)}, checked, to {OneLine.Of(name)}",
            json =>
            {
                json.WriteNumber("sessions", written.Sessions);
                json.WriteNumber("changes", written.Changes);
                json.WriteNumber("bytes", written.Bytes);
                json.WriteNumber("seconds", Math.Round(seconds, 3));
                json.WriteString("taken_at", takenAt);
                json.WriteBoolean("checked", true);
            });
    }

    /// <summary>As a restore would read it: every sum, the order, the counts.</summary>
    private static async Task CheckAsync(
        Stream content, string name, ExportResult written, ProgressLine? progress, CancellationToken cancellation)
    {
        var import = new ArchiveImport(content, name, skipsExisting: false, progress);
        await import.CheckAsync(store: null, cancellation);
        var found = import.Totals!;
        if (content.Length != written.Bytes || found.Sessions != written.Sessions || found.Changes != written.Changes)
        {
            throw new ArchiveException(
                $"{name} was not written as it was meant to be: it has {found.Sessions} sessions and {found.Changes} changes "
                    + $"of {written.Sessions} and {written.Changes}, {content.Length} bytes of {written.Bytes}");
        }
    }
}
