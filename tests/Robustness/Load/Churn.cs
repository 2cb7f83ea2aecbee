using System.Globalization;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>
/// Clients whose sessions come and go, with values large and small, beside one session that lives long: work
/// for all that happens behind the log. Each session has one writer, and its variables at version v have the
/// values of v, so that at any time it is known what must be there.
/// </summary>
internal sealed class Churn
{
    /// <summary>Short memories, so that there is much to trim and to put away.</summary>
    public static readonly string[] ServerOptions =
        ["--replayable-changes", "50", "--history-limit", "5", "--idle", "100ms"];

    private const int ShortLivedClients = 5;
    private const int HistoryLimit = 5;
    private const string LongLived = "long-lived";
    private static readonly string[] Many = [.. Enumerable.Range(0, 100).Select(i => $"v{i}")];

    private readonly RestartingServer _server;
    private readonly Progress _acknowledged = new();
    private readonly Dictionary<string, int> _versions = [];
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _clients;

    public Churn(RestartingServer server)
    {
        _server = server;
        _clients = [.. Enumerable.Range(0, ShortLivedClients).Select(number => Task.Run(() => ComeAndGoAsync(number))), Task.Run(StayAsync)];
    }

    /// <summary>Ends when that many more writes were acknowledged; throws if one of the clients has failed.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        var reached = _acknowledged.MoreAsync(more);
        await await Task.WhenAny([reached, .. _clients]).Within($"{more} acknowledged writes");
    }

    /// <summary>Lets the clients come to an end and checks that all they know of is there, and nothing else.</summary>
    public async Task FinishAsync()
    {
        _stop.SetResult();
        await Task.WhenAll(_clients).Within("the clients' last acknowledgements");
        var client = await _server.ClientAsync();
        var stored = (await client.SessionsAsync()).Select(session => session.SessionId);
        Assert.Equal(_versions.Keys.Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));
        foreach (var (session, version) in _versions)
        {
            foreach (var variable in await client.ListAsync(session))
            {
                Assert.Equal((version, Value(version)), (variable.Version, BridgeClient.Unpack(variable.Value)));
                await CheckHistoryAsync(client, session, variable);
            }
        }
    }

    private static async Task CheckHistoryAsync(BridgeClient client, string session, Variable variable)
    {
        var request = new GetVariableHistoryRequest { SessionId = session, VariableIdentifier = variable.Id };
        var history = await client.CallAsync<GetVariableHistoryResponse>("GetVariableHistory", request);
        var expected = Enumerable.Range(0, variable.Version + 1).Reverse().Take(HistoryLimit).Select(version => (version, Value(version)));
        Assert.Equal(expected, history.Entries.Select(entry => (entry.Version, BridgeClient.Unpack(entry.Value))));
    }

    private static string Value(int version) => version.ToString(CultureInfo.InvariantCulture)
        + new string('x', version % 3 == 2 ? 100_000 : 1_000);

    private async Task ComeAndGoAsync(int number)
    {
        for (var n = 0; !_stop.Task.IsCompleted; n++)
        {
            var session = $"{number}-{n}";
            await RegisterAsync(session, ["x"]);
            for (var version = 1; version <= 10 && !_stop.Task.IsCompleted; version++)
            {
                await SetAsync(session, ["x"], version);
            }

            if (n % 3 > 0)
            {
                await _server.CallAsync(client => client.CallAsync<CleanupSessionResponse>(
                    "CleanupSession", new CleanupSessionRequest { SessionId = session }));
                Note(session, version: null);
            }
        }
    }

    private async Task StayAsync()
    {
        await RegisterAsync(LongLived, Many);
        for (var version = 1; !_stop.Task.IsCompleted; version += 1)
        {
            await SetAsync(LongLived, Many, version);
        }
    }

    private async Task RegisterAsync(string session, string[] variables)
    {
        foreach (var variable in variables)
        {
            await _server.CallAsync(client => client.RegisterAsync(session, variable, Value(0)));
        }

        Note(session, version: 0);
    }

    private async Task SetAsync(string session, string[] variables, int version)
    {
        var values = variables.ToDictionary(variable => variable, _ => Value(version));
        var reply = await _server.CallAsync(client => client.SetAllAsync(session, values, requestId: $"{version}"));
        Assert.All(reply.NewVersions.Values, made => Assert.Equal(version, made));
        Note(session, version);
    }

    private void Note(string session, int? version)
    {
        lock (_versions)
        {
            if (version is { } known)
            {
                _versions[session] = known;
            }
            else
            {
                _versions.Remove(session);
            }
        }

        _acknowledged.Note();
    }
}
