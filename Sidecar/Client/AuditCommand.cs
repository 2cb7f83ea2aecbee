using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit audit`: who changed what in a session, oldest first.</summary>
internal sealed class AuditCommand : ClientCommand
{
    private const int PageSize = 1_000;

    private static readonly Table<AuditEntry> Table = new(
        ("REVISION", entry => entry.Revision.ToString(CultureInfo.InvariantCulture)),
        ("TIME", entry => Shown.Time(entry.Time)),
        ("VARIABLE", entry => entry.VariableName),
        ("CHANGE", entry => entry.UpdateType),
        ("VERSION", entry => Shown.Number(entry.Version)),
        ("PRINCIPAL", entry => entry.Principal is "" ? "-" : entry.Principal),
        ("SAYS", entry => entry.ChangedBy is "" ? entry.Source : entry.ChangedBy));

    private readonly Argument<string> _session = Inputs.Session();
    private readonly Option<string> _since = new("--since") { Description = "only changes made then or later", HelpName = "TIME" };
    private readonly Option<string> _variable = new("--variable") { Description = "only changes of this variable", HelpName = "NAME" };

    public AuditCommand()
        : base(
            "audit",
            "Print who changed what in a session, as far as its log reaches back: the principal is known, the last column is what the client said.",
            "snakepit audit tour",
            "snakepit audit tour --since 2026-11-01T00:00:00Z --json")
    {
        Takes([_session], _since, _variable);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new ReadAuditRequest
        {
            SessionId = parsed.GetRequiredValue(_session),
            VariableIdentifier = parsed.GetValue(_variable) ?? "",
            PageSize = PageSize,
            Since = parsed.GetValue(_since) is { } text ? SinceOf(text) : null,
        };
        do
        {
            var page = await server.SessionsAsync("ReadAudit", request, ReadAuditResponse.Parser, cancellation);
            if (page.Entries.Count > 0 || request.AfterRevision == 0)
            {
                output.Write(page.Entries, Table, WriteJson);
            }

            request.AfterRevision = page.NextAfterRevision;
        }
        while (request.AfterRevision > 0);
    }

    private static Timestamp SinceOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            ? Timestamp.FromDateTimeOffset(since)
            : throw new MistakeException($"--since: '{text}' is not a time such as 2026-11-01T00:00:00Z");

    private static void WriteJson(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteNumber("revision", entry.Revision);
        json.WriteString("time", Shown.Time(entry.Time));
        json.WriteString("variable", entry.VariableName);
        json.WriteString("variable_id", entry.VariableId);
        json.WriteString("change", entry.UpdateType);
        json.WriteNumber("version", entry.Version);
        json.WriteString("principal", entry.Principal);
        json.WriteString("changed_by", entry.ChangedBy);
        json.WriteString("source", entry.Source);
    }
}
