using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Sessions;

public sealed class ListSessionsTests(SharedServer server)
{
    private readonly string _prefix = $"list-{Guid.NewGuid():N}";

    [Fact]
    public async Task Pages_cover_every_session_once_in_the_order_of_their_ids()
    {
        var ids = Enumerable.Range(0, 25).Select(n => $"{_prefix}-{n:00}").ToList();
        await Task.WhenAll(ids.Select(id => server.Client.Session(id).InitializeAsync(new() { ["id"] = id })));

        var listed = new List<SessionSummary>();
        var sizes = new List<int>();
        var token = "";
        do
        {
            var page = await ListAsync(new ListSessionsRequest { PageSize = 10, PageToken = token, Pattern = $"{_prefix}-*" });
            listed.AddRange(page.Sessions);
            sizes.Add(page.Sessions.Count);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(ids, listed.Select(session => session.SessionId));
        Assert.Equal([10, 10, 5], sizes);
        Assert.All(listed, session => Assert.Equal(session.SessionId, session.Metadata["id"]));
        Assert.All(listed, session => Assert.True(session.Active));
        Assert.All(listed, session => Assert.True(session.ExpiresAt > session.CreatedAt));
    }

    [Fact]
    public async Task A_session_that_was_cleaned_up_is_not_listed()
    {
        var session = server.Client.Session(_prefix);
        await session.InitializeAsync();
        Assert.Single((await ListAsync(new ListSessionsRequest { Pattern = _prefix })).Sessions);

        await session.CleanUpAsync();

        Assert.Empty((await ListAsync(new ListSessionsRequest { Pattern = _prefix })).Sessions);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_001)]
    public async Task A_page_size_out_of_range_is_refused(int size) =>
        await ListAsync(new ListSessionsRequest { PageSize = size }).RefusedAsync(RpcCode.InvalidArgument, "page_size");

    private Task<ListSessionsResponse> ListAsync(ListSessionsRequest request) =>
        server.Client.CallAsync<ListSessionsResponse>(BridgeClient.SessionsService, "ListSessions", request);
}
