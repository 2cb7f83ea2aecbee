using System.Diagnostics;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Storage.Hosting;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

/// <summary>A directory of sessions on a store whose every call a test can stop, and a clock that it moves.</summary>
public abstract class HostTests
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    protected static readonly SessionKey Key = new("", Ask.Session);

    private SessionDirectory? _directory;
    private SessionDirectory? _other;

    internal InterceptedStore Store { get; } = new();

    internal ManualClock Clock { get; } = new();

    internal SessionSettings Settings { get; set; } = SessionSettings.Default;

    internal HostPolicy Policy { get; set; } = HostPolicy.Default;

    internal List<Exception> Failures { get; } = [];

    /// <summary>On whose behalf the thread worked when it told of each.</summary>
    internal List<Activity?> FailedIn { get; } = [];

    internal SessionDirectory Sessions => _directory ??= NewDirectory();

    /// <summary>Those of another process on the same store.</summary>
    internal SessionDirectory Other => _other ??= NewDirectory();

    /// <summary>Another process on the same store, or the same after a crash.</summary>
    internal SessionDirectory NewDirectory() =>
        new(Store, Settings, Policy, Clock)
        {
            StoreFailed = (_, failure) =>
            {
                Failures.Add(failure);
                FailedIn.Add(Activity.Current);
            },
        };

    /// <summary>What was in memory only is gone.</summary>
    internal void Crash() => _directory = NewDirectory();

    /// <summary>The session is checkpointed and leaves memory, once whatever it does behind the log is done.</summary>
    internal async Task LeaveMemoryAsync()
    {
        var host = await HostAsync();
        while (!await host.TryLeaveMemoryAsync(DateTimeOffset.MaxValue).WaitAsync(Deadline))
        {
            Assert.Empty(Failures);
            await Task.Yield();
        }
    }

    /// <summary>A session of the default TTL with a variable x, whose expiry is on its way to the store.</summary>
    internal async Task<SyncPoint> ExpiryUnderWayAsync()
    {
        await OkAsync(Ask.Register("x"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        var touch = Store.StopBefore(StoreVerb.Touch);
        await OkAsync(Ask.Beat());
        await touch.Reached;
        return touch;
    }

    internal async Task<SessionHost> HostAsync() => await Sessions.GetHostAsync(Key, CancellationToken.None);

    internal Task<Outcome<IMessage>> CallAsync(IMessage request, SessionDirectory? directory = null) =>
        (directory ?? Sessions).CallAsync(Key, request, CancellationToken.None).AsTask().WaitAsync(Deadline);

    internal async Task<T> OkAsync<T>(IMessage request)
        where T : IMessage
    {
        var outcome = await CallAsync(request);
        Assert.True(!outcome.IsRefused, outcome.Refusal?.Message);
        return (T)outcome.Value;
    }

    internal async Task OkAsync(params IMessage[] requests)
    {
        foreach (var request in requests)
        {
            await OkAsync<IMessage>(request);
        }
    }

    internal async Task<string> RefusedAsync(RefusalKind kind, IMessage request)
    {
        var outcome = await CallAsync(request);
        Assert.True(outcome.IsRefused, "it was not refused");
        Assert.Equal(kind, outcome.Refusal.Kind);
        return outcome.Refusal.Message;
    }

    internal async Task<string> ValueAsync(string identifier)
    {
        var reply = await OkAsync<IMessage>(Ask.Get(identifier));
        return GetVariableResponse.Parser.ParseFrom(reply.ToByteArray()).Variable.Value.Value.ToStringUtf8();
    }

    /// <summary>Long enough for what must not happen to happen.</summary>
    internal static async Task GoOnAsync(Task wrong)
    {
        for (var turn = 0; turn < 1_000 && !wrong.IsCompleted; turn++)
        {
            await Task.Yield();
        }
    }
}
