using System.CommandLine;
using System.Text.Json;
using Snakepit.Protocol.Administration;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit sessions`: the sessions there are, by id.</summary>
internal sealed class SessionsCommand : ClientCommand
{
    private const int PageSize = 1_000;

    private static readonly Table<SessionSummary> Table = new(
        ("SESSION", session => session.SessionId),
        ("CREATED", session => Shown.Time(session.CreatedAt)),
        ("EXPIRES", session => Shown.Time(session.ExpiresAt)),
        ("IN MEMORY", session => session.Active ? "yes" : "no"),
        ("METADATA", session => string.Join(' ', session.Metadata.Select(entry => $"{entry.Key}={entry.Value}"))));

    private readonly Argument<string> _pattern = new("PATTERN")
    {
        Description = "only ids that match; * stands for anything",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public SessionsCommand()
        : base("sessions", "List the sessions, by id.", "snakepit sessions", "snakepit sessions 'agent-*' --json")
    {
        Takes([_pattern]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new ListSessionsRequest { PageSize = PageSize, Pattern = parsed.GetValue(_pattern) ?? "" };
        do
        {
            var page = await server.SessionsAsync("ListSessions", request, ListSessionsResponse.Parser, cancellation);
            if (page.Sessions.Count > 0 || request.PageToken.Length == 0)
            {
                output.Write(page.Sessions, Table, WriteJson);
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    private static void WriteJson(Utf8JsonWriter json, SessionSummary session)
    {
        json.WriteString("session", session.SessionId);
        json.WriteString("created_at", Shown.Time(session.CreatedAt));
        json.WriteString("expires_at", Shown.Time(session.ExpiresAt));
        json.WriteBoolean("in_memory", session.Active);
        VariableOutput.WriteMetadata(json, session.Metadata);
    }
}
