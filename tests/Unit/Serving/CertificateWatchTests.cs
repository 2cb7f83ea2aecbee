using Microsoft.Extensions.Logging;
using Snakepit.Serving.Tls;
using Snakepit.Tests.Unit.Support;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

public sealed class CertificateWatchTests
{
    [Fact]
    public async Task Changed_files_are_found_within_ten_seconds()
    {
        using var authority = new TestAuthority();
        var clock = new ManualClock();
        var log = new Awaited("new connections get the new certificate");
        var credentials = new TlsCredentials(authority.Issue("server"), clock, log);
        var before = credentials.Current;
        await using var watch = CertificateWatch.Start(credentials, clock, log);

        authority.Issue("server");
        clock.Advance(TimeSpan.FromSeconds(10));

        await log.Told.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotSame(before, credentials.Current);
    }

    [Fact]
    public void Strangers_cause_so_many_lines_a_second_and_no_more()
    {
        var clock = new ManualClock();
        var lines = new LineBudget(clock);
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => lines.TrySpend()));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => lines.TrySpend()));
    }

    /// <summary>A log that is waited on until it says something.</summary>
    private sealed class Awaited(string words) : ILogger
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Told => _told.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith(words, StringComparison.Ordinal))
            {
                _told.TrySetResult();
            }
        }
    }
}
