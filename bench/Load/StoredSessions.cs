using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Bench;

/// <summary>A data folder with sessions of ten variables each, written by the sidecar's own store: one commit a session.</summary>
internal static class StoredSessions
{
    /// <summary>Changes that the log has of each session.</summary>
    public const int ChangesPerSession = 10;

    private const int AtOnce = 2_000;

    private static readonly DateTimeOffset Expiry = DateTimeOffset.UtcNow.AddDays(7);

    public static string Name(int session) => $"stored-{session}";

    /// <summary>Fills a folder that has nothing in it.</summary>
    public static async Task WriteAsync(string folder, int sessions)
    {
        await using var store = SqliteStore.Open(folder);
        foreach (var some in Enumerable.Range(0, sessions).Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(session => store.AppendAsync(new SessionKey("", Name(session)), Made(session)).AsTask()));
        }
    }

    private static Commit Made(int session)
    {
        var draft = new SessionDraft(null, revision: 0, new SessionSettings(), DateTimeOffset.UtcNow);
        Run(draft, session, new InitializeSessionRequest { SessionId = Name(session), Config = new SessionConfig { TtlSeconds = 7 * 86_400 } });
        for (var n = 0; n < ChangesPerSession; n++)
        {
            Run(draft, session, BridgeDialect.Register(Name(session), BridgeDialect.Variable(n)).Request);
        }

        return new Commit(draft.CommitNumber, 1, draft.Revision, draft.Now, draft.ToRecord(), [], Expiry);
    }

    private static void Run(SessionDraft draft, int session, Google.Protobuf.IMessage request)
    {
        if (SessionCommands.Execute(draft, new SessionCommand(request), Name(session)).Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.Message);
        }
    }
}
