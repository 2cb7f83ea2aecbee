using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge;
using Snakepit.Bridge.Handlers;
using Snakepit.Bridge.Watching;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class AdministrationServiceTests
{
    private readonly ManualClock _clock = new();
    private readonly ListedSessions _sessions = new();
    private readonly MethodTable _table = new();

    public AdministrationServiceTests() => _table.Add(
        AdministrationService.Contract,
        new AdministrationService(
            _sessions, Watches(_sessions), new NoDescription(), SessionLimits.Default, _clock, NullLogger<AdministrationService>.Instance).Methods);

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat()
    {
        _sessions.Stored = Range(2_500);
        var listed = new List<string>();
        var token = "";
        do
        {
            var page = await ListAsync(new ListSessionsRequest { PageSize = 700, PageToken = token });
            listed.AddRange(page.Sessions.Select(session => session.SessionId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(_sessions.Stored.Select(stored => stored.Key.SessionId), listed);
    }

    [Fact]
    public async Task A_page_is_filled_with_what_matches_however_far_apart_it_is()
    {
        _sessions.Stored = Range(2_500);
        var page = await ListAsync(new ListSessionsRequest { PageSize = 3, Pattern = "*999" });
        Assert.Equal(["s0999", "s1999"], page.Sessions.Select(session => session.SessionId));
        Assert.Empty(page.NextPageToken);
    }

    [Fact]
    public async Task Sessions_that_have_expired_are_left_out_unless_their_owner_has_them_in_memory()
    {
        _sessions.Stored = [Summary("a", -1), Summary("b", -1), Summary("c", 0), Summary("d", 1)];
        _sessions.Active.Add(new SessionKey("", "b"));
        var page = await ListAsync(new ListSessionsRequest());
        Assert.Equal(
            [("b", true), ("c", false), ("d", false)], page.Sessions.Select(session => (session.SessionId, session.Active)));
    }

    [Fact]
    public async Task A_page_that_expired_sessions_left_empty_is_filled_from_the_next()
    {
        _sessions.Stored = [Summary("a", -1), Summary("b", -1), Summary("c", 1), Summary("d", 1)];
        var page = await ListAsync(new ListSessionsRequest { PageSize = 1 });
        Assert.Equal("c", Assert.Single(page.Sessions).SessionId);
        page = await ListAsync(new ListSessionsRequest { PageSize = 1, PageToken = page.NextPageToken });
        Assert.Equal("d", Assert.Single(page.Sessions).SessionId);
    }

    [Fact]
    public async Task No_more_sessions_are_looked_for_in_memory_than_a_page_shows()
    {
        _sessions.Stored = Range(1_000);
        await ListAsync(new ListSessionsRequest { PageSize = 10 });
        Assert.Equal([10], _sessions.AskedFor);
    }

    [Fact]
    public async Task A_request_id_as_only_gateways_give_it_is_refused_from_a_client()
    {
        var request = new UpdateVariableRequest
        {
            SessionId = "s",
            VariableIdentifier = "x",
            RequestId = new MintedRequestId("one", 1, 1).ToString(),
        };
        Assert.Equal(RpcCode.InvalidArgument, (await UpdateAsync(request)).Code);
        request.RequestId = "\u0001";
        Assert.Equal(RpcCode.InvalidArgument, (await UpdateAsync(request)).Code);
        Assert.Equal(0, _sessions.Called);
        request.RequestId = "a\u0001";
        Assert.Equal(RpcCode.NotFound, (await UpdateAsync(request)).Code);
    }

    private static List<StoredSummary> Range(int count) => [.. Enumerable.Range(0, count).Select(i => Summary($"s{i:d4}", 1))];

    private static StoredSummary Summary(string id, int expiresInSeconds)
    {
        var now = new ManualClock().GetUtcNow();
        var header = new SessionHeader { CreatedAt = Timestamp.FromDateTimeOffset(now) };
        return new StoredSummary(new SessionKey("", id), header, now + TimeSpan.FromSeconds(expiresInSeconds));
    }

    private async Task<ListSessionsResponse> ListAsync(ListSessionsRequest request) =>
        (await _table.CallAsync<ListSessionsRequest, ListSessionsResponse>(
            "/snakepit.sessions.v1.Sessions/ListSessions", request)).Message!;

    private async Task<RpcStatus> UpdateAsync(UpdateVariableRequest request) =>
        (await _table.CallAsync<UpdateVariableRequest, EncodedUpdateVariableResponse>(
            "/snakepit.sessions.v1.Sessions/UpdateVariable", request)).Status;

    private static WatchHub Watches(ISessions sessions) => new(
        sessions, SessionLimits.Default, WatchSettings.Default, TimeProvider.System, NullLogger<WatchHub>.Instance);

    private sealed class ListedSessions : ISessions
    {
        public List<StoredSummary> Stored { get; set; } = [];

        public HashSet<SessionKey> Active { get; } = [];

        public List<int> AskedFor { get; } = [];

        public int Called { get; private set; }

        public ValueTask<Outcome<IMessage>> CallAsync(
            SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
        {
            Called++;
            return new(Refusal.SessionNotFound(key.SessionId));
        }

        public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(
            string tenant, string afterId, int limit, CancellationToken cancellation) =>
            new([.. Stored.SkipWhile(stored => string.CompareOrdinal(stored.Key.SessionId, afterId) <= 0).Take(limit)]);

        public ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(
            IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation)
        {
            AskedFor.Add(keys.Count);
            return new(keys.Where(Active.Contains).ToDictionary(
                key => key, key => new SessionSummary { SessionId = key.SessionId, Active = true, VariableCount = 7 }));
        }

        public ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing here is watched");

        public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing here is watched");

        public ValueTask<LogPage?> ReadEndedLogAsync(
            SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing here is watched");
    }
}
