using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Client;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>`snakepit raise-revisions`: what a restore does to the sessions, for a store that was brought back by other means.</summary>
internal sealed class RaiseRevisionsCommand : StoreCommand
{
    private readonly Option<string?> _asOf = new("--as-of")
    {
        HelpName = "TIME",
        Description = "the moment that the store was brought back to, as 2026-11-26T04:00:00Z: sessions expire as much later as that is ago; "
            + "default: that of the newest commit",
    };

    public RaiseRevisionsCommand()
        : base(
            StoreSettings.All,
            "raise-revisions",
            "After a store was brought back from an older copy by other means than restore (recovery of PostgreSQL to a point in time, "
                + "a snapshot of a disk), and before any server runs on it: leads every session past all revisions that the lost server can "
                + "have given out, so that whoever resumes a watch is told `resync`. Doing it once too often does no harm.",
            "SNAKEPIT_DATABASE='Host=localhost;Username=snakepit;Database=snakepit' snakepit raise-revisions --cluster",
            "snakepit raise-revisions --data ./data --as-of 2026-11-26T04:00:00Z")
    {
        Takes(argument: null, _asOf);
    }

    public static void Write(Utf8JsonWriter json, RaisedRevisions raised)
    {
        json.WriteNumber("revision", raised.Revision);
        json.WriteNumber("put_off_seconds", Math.Round(raised.Delay.TotalSeconds, 3));
    }

    protected override async Task RunAsync(ParseResult parsed, StorePlace where, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        var asOf = AsOf(parsed.GetValue(_asOf), now);
        if (!where.Exists)
        {
            throw new MistakeException($"{where.Folder} holds no sessions: it has no snakepit.db");
        }

        await using var store = await where.OpenAsync(cancellation);
        var raised = await store.RaiseRevisionsAsync(new RevisionRaise(now, asOf));
        Output(parsed, parsed.InvocationConfiguration.Output).Write(
            $"raised {Shown.Count(raised.Sessions, "session")} in {where}: their revisions go on above {raised.Revision}",
            json =>
            {
                json.WriteNumber("sessions", raised.Sessions);
                Write(json, raised);
            });
    }

    private DateTimeOffset? AsOf(string? text, DateTimeOffset now)
    {
        if (text is null)
        {
            return null;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw new MistakeException($"{_asOf.Name}: '{text}' is no time; write it as 2026-11-26T04:00:00Z");
        }

        return time <= now ? time : throw new MistakeException($"{_asOf.Name}: {text} is still to come");
    }
}
