using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Faults;

/// <summary>
/// Sessions that come, are used now and then, and go, by a clock that the test moves: whether they are there as long as
/// they should be, and where those begin that are made again.
/// </summary>
internal sealed class SessionLives(ISessionStore store, SteppedClock clock, int seed)
{
    private const int Names = 12;

    private readonly Random _random = new(seed);
    private readonly List<Use> _uses = [];
    private readonly List<Life> _lives = [];
    private readonly Dictionary<string, (TimeSpan UsedAt, TimeSpan Ttl, long First, long Last)> _known = [];
    private SessionDirectory? _directory;

    /// <summary>What came of it, after some hundred steps.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="between">Done between two steps: what befalls the clock.</param>
    public async Task<History> RunAsync(int steps, Action<Random>? between = null)
    {
        _directory = Open();
        for (var step = 0; step < steps; step++)
        {
            clock.Pass(TimeSpan.FromSeconds(_random.NextDouble() * 20));
            between?.Invoke(_random);
            await _directory.SweepAsync(default);
            var name = $"s{_random.Next(Names)}";
            if (_random.Next(10) == 0 && _known.Remove(name, out var life))
            {
                await CallAsync(name, new CleanupSessionRequest { SessionId = name });
                _lives.Add(new Life(name, life.First, life.Last));
            }
            else
            {
                await UseAsync(name);
            }

            if (_random.Next(50) == 0 && clock.IsRight)
            {
                // A restart in order: what only memory has is stored. A process can only trust the clock that it starts with.
                await _directory.DisposeAsync();
                _directory = Open();
            }
        }

        await _directory.DisposeAsync();
        _lives.AddRange(_known.Select(item => new Life(item.Key, item.Value.First, item.Value.Last)));
        return History.Empty with { Uses = _uses, Lives = _lives };
    }

    // Sessions leave memory all the time: what is stored of their expiry counts.
    private SessionDirectory Open() =>
        new(store, SessionSettings.Default, new HostPolicy { IdleTime = TimeSpan.FromSeconds(2) }, clock);

    private async Task UseAsync(string name)
    {
        if (_known.TryGetValue(name, out var known))
        {
            var found = !(await CallAsync(name, new GetSessionRequest { SessionId = name })).IsRefused;
            _uses.Add(new Use(name, clock.Passed - known.UsedAt, known.Ttl, found));
            if (found)
            {
                await SetAsync(name, known with { UsedAt = clock.Passed });
                return;
            }

            _lives.Add(new Life(name, known.First, known.Last));
        }

        var ttl = TimeSpan.FromSeconds(_random.Next(30, 600));
        await CallAsync(name, new InitializeSessionRequest { SessionId = name, Config = new SessionConfig { TtlSeconds = (int)ttl.TotalSeconds } });
        var registered = await CallAsync(name, new RegisterVariableRequest { SessionId = name, Name = "x", Type = "integer", InitialValue = Json("0") });
        var revision = RegisterVariableResponse.Parser.ParseFrom(registered.Value!.ToByteString()).Revision;
        await SetAsync(name, (clock.Passed, ttl, revision, revision));
    }

    private async Task SetAsync(string name, (TimeSpan UsedAt, TimeSpan Ttl, long First, long Last) life)
    {
        var answer = await CallAsync(name, new SetVariableRequest { SessionId = name, VariableIdentifier = "x", Value = Json("1") });
        Assert.False(answer.IsRefused, answer.Refusal?.Message);
        _known[name] = life with { Last = ((SetVariableResponse)answer.Value!).Revision };
    }

    private ValueTask<Outcome<IMessage>> CallAsync(string name, IMessage request) =>
        _directory!.CallAsync(new SessionKey("", name), request, default);

    private static Google.Protobuf.WellKnownTypes.Any Json(string json) =>
        new() { TypeUrl = "type.googleapis.com/snakepit.integer", Value = ByteString.CopyFromUtf8(json) };
}
