using System.Diagnostics;
using Snakepit.Protocol.Administration;

namespace Snakepit.Sidecar.Client;

/// <summary>A server and its sessions at one moment.</summary>
/// <param name="At">The moment, by <see cref="Stopwatch"/>.</param>
/// <param name="Server">What it is, and how much it has.</param>
/// <param name="Sessions">Those in memory.</param>
internal sealed record TopSample(long At, DescribeServerResponse Server, IReadOnlyList<SessionSummary> Sessions)
{
    private const int PageSize = 1_000;

    /// <summary>Beyond these nobody could see them anyway, and a server is not to be read through every two seconds.</summary>
    private const int MostPages = 20;

    public static async Task<TopSample> TakeAsync(ServerConnection server, string pattern, CancellationToken cancellation)
    {
        var description = await server.SessionsAsync(
            "DescribeServer", new DescribeServerRequest(), DescribeServerResponse.Parser, cancellation);
        List<SessionSummary> sessions = [];
        var request = new ListSessionsRequest { PageSize = PageSize, Pattern = pattern };
        for (var page = 0; page < MostPages && (page == 0 || request.PageToken.Length > 0); page++)
        {
            var answer = await server.SessionsAsync("ListSessions", request, ListSessionsResponse.Parser, cancellation);
            sessions.AddRange(answer.Sessions.Where(static session => session.Active));
            request.PageToken = answer.NextPageToken;
        }

        return new TopSample(Stopwatch.GetTimestamp(), description, sessions);
    }

    /// <summary>The sessions by how much they changed since an earlier sample, those that changed most first.</summary>
    public IReadOnlyList<TopRow> Since(TopSample earlier)
    {
        var before = earlier.Sessions.ToDictionary(static session => session.SessionId, static session => session.Revision, StringComparer.Ordinal);
        var seconds = Stopwatch.GetElapsedTime(earlier.At, At).TotalSeconds;

        // One that came meanwhile began somewhere above zero: how much of it is new, nobody can tell.
        return [.. Sessions
            .Select(session => new TopRow(
                session, Math.Max(0, session.Revision - before.GetValueOrDefault(session.SessionId, session.Revision)) / seconds))
            .OrderByDescending(static row => row.ChangesPerSecond)
            .ThenByDescending(static row => row.Session.WatcherCount)
            .ThenBy(static row => row.Session.SessionId, StringComparer.Ordinal)];
    }
}

/// <summary>A session, and how fast it changes.</summary>
/// <param name="Session">As of the newer sample.</param>
/// <param name="ChangesPerSecond">Between the two.</param>
internal sealed record TopRow(SessionSummary Session, double ChangesPerSecond)
{
    /// <summary>What it is called where it is shown.</summary>
    public string Name { get; init; } = Session.SessionId;

    /// <summary>By how many revisions the slowest of its watchers here is behind; null = it has none, or was not asked for.</summary>
    public long? Lag { get; init; }
}
