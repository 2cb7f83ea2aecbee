using Google.Protobuf;
using Snakepit.Bridge;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Tests.Unit.Tools;

/// <summary>One session that knows the tools a test says.</summary>
internal sealed class FakeSessions : ISessions
{
    private readonly Dictionary<string, HostedTool> _tools = [];

    /// <summary>What it was told of calls in flight.</summary>
    public List<ExpectOffer> Expected { get; } = [];

    public void Knows(string tool, params FakeHost[] hosts) => _tools[tool] = new HostedTool
    {
        Spec = new ToolSpec { Name = tool, SupportsStreaming = true },
        Hosts = { hosts.Select(host => host.Identity) },
    };

    public ValueTask<Outcome<IMessage>> CallAsync(
        SessionKey key, IMessage request, Requester requester, CancellationToken cancellation)
    {
        IMessage reply = request switch
        {
            FindTool find => new FoundTool { Tool = _tools.GetValueOrDefault(find.ToolName) },
            ExpectOffer expected => Note(expected),
            _ => throw new InvalidOperationException($"unexpected {request}"),
        };
        return new(Outcome.Of(reply));
    }

    public ValueTask<Subscription?> SubscribeAsync(SessionKey key, ICommitListener listener, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<LogPage?> ReadLogAsync(SessionKey key, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<LogPage?> ReadEndedLogAsync(
        SessionKey key, DateTimeOffset createdAt, long afterRevision, int maxBytes, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoredSummary>> ListAsync(string tenant, string afterId, int limit, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyDictionary<SessionKey, SessionSummary>> FindActiveAsync(IReadOnlyCollection<SessionKey> keys, CancellationToken cancellation) =>
        throw new NotSupportedException();

    private OfferExpected Note(ExpectOffer expected)
    {
        Expected.Add(expected);
        return new OfferExpected();
    }
}
