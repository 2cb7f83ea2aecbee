using System.CommandLine;
using System.Text.Json;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit top`: the sessions that change most, again and again until Ctrl-C.</summary>
internal sealed class TopCommand : ClientCommand
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Argument<string> _pattern = new("PATTERN")
    {
        Description = "only sessions whose ids match; * stands for anything",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _interval = new("--interval")
    {
        Description = $"time between two looks (default {DefaultInterval.TotalSeconds:0}s)",
        HelpName = SettingKinds.Interval.ValueName,
    };

    private readonly Option<int?> _count = new("--count")
    {
        Description = "tables to print, then end; without it a terminal is redrawn until Ctrl-C, and elsewhere one is printed",
        HelpName = "N",
        CustomParser = given => Inputs.WholeNumber<int>(given),
    };

    public TopCommand()
        : base(
            "top",
            "Show the sessions in memory that change most: rates, watchers, and how far these are behind.",
            "snakepit top",
            "snakepit top 'agent-*' --interval 5s",
            "snakepit top --count 1 --json")
    {
        Takes([_pattern], _interval, _count);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        using var end = new EndSignal();
        var writer = parsed.InvocationConfiguration.Output;
        var isLive = parsed.GetValue(_count) is null && !output.IsJson && !Console.IsOutputRedirected;
        var screen = isLive ? new TopScreen(writer) : null;
        var tables = parsed.GetValue(_count) ?? (isLive ? int.MaxValue : 1);
        if (tables < 1)
        {
            throw new MistakeException("--count: at least 1");
        }

        try
        {
            screen?.Open();
            await ShowAsync(server, parsed.GetValue(_pattern) ?? "", Interval(parsed), tables, output, screen, end.Cancellation);
        }
        catch (OperationCanceledException) when (end.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
        }
        finally
        {
            screen?.Close();
        }
    }

    private static async Task ShowAsync(
        ServerConnection server, string pattern, TimeSpan interval, int tables, Output output, TopScreen? screen, CancellationToken cancellation)
    {
        var earlier = await TopSample.TakeAsync(server, pattern, cancellation);
        for (var shown = 0; shown < tables; shown++)
        {
            await Task.Delay(interval, cancellation);
            try
            {
                // On a screen what is old looks as if it were so now.
                var taking = TopSample.TakeAsync(server, pattern, cancellation);
                var sample = await (screen is null ? taking : taking.WaitAsync(Patience, cancellation));
                var rows = sample.Since(earlier);
                var visible = await WithLagAsync(server, screen is null ? rows : [.. rows.Take(TopScreen.Rows)], cancellation);
                var header = TopScreen.HeaderOf(sample.Server, rows);
                if (screen is null)
                {
                    Print(header, sample, visible, output);
                }
                else
                {
                    screen.Draw(header, visible, rows.Count);
                }

                earlier = sample;
            }
            catch (RpcException lost) when (screen is not null && lost.Status.Code is RpcCode.Unavailable or RpcCode.DeadlineExceeded)
            {
                // It restarts, say: who watches a screen waits for it to come back.
                screen.Draw($"{server.Target} does not answer: {lost.Status.Message}");
            }
            catch (TimeoutException) when (screen is not null)
            {
                screen.Draw($"{server.Target} has not answered for {Patience.TotalSeconds:0} s");
            }
        }
    }

    private static void Print(string header, TopSample sample, IReadOnlyList<TopRow> rows, Output output)
    {
        if (!output.IsJson)
        {
            output.Write(header, static _ => { });
        }

        output.Write(rows, TopScreen.Table, (json, row) => WriteJson(json, sample, row));
    }

    private TimeSpan Interval(ParseResult parsed) => parsed.GetValue(_interval) is not { } text
        ? DefaultInterval
        : SettingKinds.Interval.TryParse(text, out var interval)
            ? interval
            : throw new MistakeException($"{_interval.Name}: '{text}' is not {SettingKinds.Interval.Expectation}");

    private static async Task<IReadOnlyList<TopRow>> WithLagAsync(
        ServerConnection server, IReadOnlyList<TopRow> rows, CancellationToken cancellation)
    {
        List<TopRow> told = [];
        foreach (var row in rows)
        {
            told.Add(row.Session.WatcherCount == 0 ? row : row with { Lag = await LagAsync(server, row.Session.SessionId, cancellation) });
        }

        return told;
    }

    private static async Task<long?> LagAsync(ServerConnection server, string session, CancellationToken cancellation)
    {
        try
        {
            var answer = await server.SessionsAsync(
                "ListWatchers", new ListWatchersRequest { SessionId = session }, ListWatchersResponse.Parser, cancellation);
            return answer.Watchers.Count == 0 ? null : answer.Watchers.Max(static watcher => watcher.Lag);
        }
        catch (RpcException gone) when (gone.Status.Code is RpcCode.NotFound or RpcCode.PermissionDenied)
        {
            return null;
        }
    }

    private static void WriteJson(Utf8JsonWriter json, TopSample sample, TopRow row)
    {
        var session = row.Session;
        json.WriteString("time", Shown.Time(sample.Server.ServerTime));
        json.WriteString("session", session.SessionId);
        json.WriteNumber("changes_per_second", Math.Round(row.ChangesPerSecond, 2));
        json.WriteNumber("revision", session.Revision);
        json.WriteNumber("variables", session.VariableCount);
        json.WriteNumber("tools", session.ToolCount);
        json.WriteNumber("watchers", session.WatcherCount);
        if (row.Lag is { } lag)
        {
            json.WriteNumber("lag", lag);
        }

        json.WriteString("expires_at", Shown.Time(session.ExpiresAt));
        if (session.Silo.Length > 0)
        {
            json.WriteString("silo", session.Silo);
        }
    }
}
