using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving;
using Snakepit.Serving.Logging;

namespace Snakepit.Tests.Serving;

public sealed class SweepTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_run_that_failed_is_logged_and_made_up_for_by_the_next()
    {
        using var log = new MemoryStream();
        var second = new TaskCompletionSource();
        using (var loggers = new LineLoggerFactory(new LogOutput(log), LogFormat.Text, LogLevel.Error, TimeProvider.System))
        {
            var runs = 0;
            await using var sweep = Sweep.Every(
                Interval,
                _ => ++runs switch
                {
                    1 => throw new IOException("the first fails"),
                    _ => Task.FromResult(second.TrySetResult()),
                },
                TimeProvider.System,
                loggers.CreateLogger("Snakepit.Test"));
            await second.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }

        Assert.Contains("the first fails", Encoding.UTF8.GetString(log.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_fail_alike_are_logged_once_until_one_succeeds_or_fails_otherwise()
    {
        string[] outcomes = ["a", "a", "a", "b", "b", "", "b", "end"];
        using var log = new MemoryStream();
        var over = new TaskCompletionSource();
        using (var loggers = new LineLoggerFactory(new LogOutput(log), LogFormat.Text, LogLevel.Error, TimeProvider.System))
        {
            var runs = 0;
            await using var sweep = Sweep.Every(
                Interval,
                _ =>
                {
                    var outcome = outcomes[Math.Min(runs++, outcomes.Length - 1)];
                    if (outcome == "end")
                    {
                        over.TrySetResult();
                    }

                    return outcome.Length == 1 ? throw new IOException($"failure {outcome}") : Task.CompletedTask;
                },
                TimeProvider.System,
                loggers.CreateLogger("Snakepit.Test"));
            await over.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }

        var lines = Encoding.UTF8.GetString(log.ToArray()).Split('\n').Where(line => line.Contains("IOException: failure", StringComparison.Ordinal));
        Assert.Equal(["a", "b", "b"], lines.Select(line => line.TrimEnd()[^1..]));
    }

    [Fact]
    public async Task Its_end_cancels_the_run_under_way_and_waits_for_it()
    {
        var entered = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var sweep = Sweep.Every(
            Interval,
            async cancellation =>
            {
                using var registration = cancellation.Register(cancelled.SetResult);
                entered.SetResult();
                await leave.Task;
                cancellation.ThrowIfCancellationRequested();
            },
            TimeProvider.System,
            NullLogger.Instance);
        await entered.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        var ended = sweep.DisposeAsync().AsTask();
        await cancelled.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.False(ended.IsCompleted);
        leave.SetResult();
        await ended.WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }
}
