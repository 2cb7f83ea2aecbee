using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit watch`: a line for each update, until Ctrl-C.</summary>
internal sealed class WatchCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "names or ids; none and no pattern = the whole session",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _patterns = new("--pattern")
    {
        Description = "also names that match, later ones included; * stands for anything; repeatable",
        HelpName = "PATTERN",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<long?> _from = new("--from")
    {
        Description = "begin with the changes after this revision instead of the current values",
        HelpName = "REVISION",
        CustomParser = given => Inputs.WholeNumber<long>(given),
    };

    private readonly Option<bool> _noInitial = new("--no-initial") { Description = "do not print the current values first" };

    private readonly Option<string[]> _types = new("--type")
    {
        Description = "only changes of this type, as value_change, registered, deleted; repeatable",
        HelpName = "TYPE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _minInterval = new("--min-interval")
    {
        Description = "time between updates; what changes more often is merged",
        HelpName = SettingKinds.Interval.ValueName,
    };

    public WatchCommand()
        : base(
            "watch",
            "Print a line for each update, until Ctrl-C. A lost connection is resumed where it broke off.",
            "snakepit watch tour",
            "snakepit watch tour temperature --pattern 'motor.*' --min-interval 500ms",
            "snakepit watch tour --from 17 --json")
    {
        Takes([_session, _names], _patterns, _from, _noInitial, _types, _minInterval);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        using var end = new EndSignal();
        var watch = new ResumingWatch(server, Request(parsed));
        try
        {
            await watch.RunAsync(
                update => UpdateOutput.Write(update, output),
                (failure, revision) => parsed.InvocationConfiguration.Error.WriteLine(
                    $"snakepit: {failure.Status.Message.ReplaceLineEndings(" ")}; resuming {(revision is null ? "from the current values" : $"after revision {revision}")}"),
                end.Cancellation);
        }
        catch (OperationCanceledException) when (end.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends.
        }
    }

    private WatchVariablesRequest Request(ParseResult parsed)
    {
        var request = new WatchVariablesRequest
        {
            SessionId = parsed.GetRequiredValue(_session),
            VariableIdentifiers = { parsed.GetValue(_names) ?? [] },
            Patterns = { parsed.GetValue(_patterns) ?? [] },
            UpdateTypes = { parsed.GetValue(_types) ?? [] },
            IncludeInitialValues = !parsed.GetValue(_noInitial),
        };
        if (parsed.GetValue(_from) is { } revision)
        {
            request.FromRevision = revision;
        }

        if (parsed.GetValue(_minInterval) is { } text)
        {
            request.MinIntervalMs = SettingKinds.Interval.TryParse(text, out var interval)
                ? (int)Math.Min(interval.TotalMilliseconds, int.MaxValue)
                : throw new MistakeException($"{_minInterval.Name}: '{text}' is not {SettingKinds.Interval.Expectation}");
        }

        return request;
    }
}
