using System.CommandLine;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Settings;
using Snakepit.Storage;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>A command that works on a store itself: a data folder that no server uses, or a cluster's database.</summary>
internal abstract class StoreCommand : DocumentedCommand
{
    /// <summary>What a shell says of a command that Ctrl-C ended.</summary>
    private const int Interrupted = 130;

    private readonly IReadOnlyList<Setting> _known;
    private readonly SettingOptions _settings;

    private readonly Option<bool> _cluster = new("--cluster")
    {
        Description = $"the PostgreSQL of a cluster, which {ClusterGroup.Database.Variable} names, in place of a data folder; the cluster may run",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print JSON, one object a line" };

    /// <param name="settings">Where its store can be: <see cref="StoreSettings.All"/>, or without the cluster's.</param>
    /// <param name="name">Of the command.</param>
    /// <param name="description">Of the command.</param>
    /// <param name="examples">Whole command lines.</param>
    protected StoreCommand(IReadOnlyList<Setting> settings, string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        _known = settings;
        _settings = new SettingOptions(settings);
        SetAction(WorkAsync);
    }

    /// <summary>Adds the command's own arguments and options, and those that all have behind them.</summary>
    protected void Takes(Argument? argument, params Option[] options)
    {
        if (argument is not null)
        {
            Arguments.Add(argument);
        }

        IEnumerable<Option> cluster = _known.Contains(ClusterGroup.Database) ? [_cluster] : [];
        foreach (var option in (IEnumerable<Option>)[.. cluster, .. options, _json])
        {
            Options.Add(option);
        }

        _settings.AddTo(this);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="where">Opens the store. Only once all else is known to be right: it may make one.</param>
    /// <param name="cancellation">Ctrl-C or SIGTERM.</param>
    protected abstract Task RunAsync(ParseResult parsed, StorePlace where, CancellationToken cancellation);

    /// <summary>Where results go.</summary>
    protected Output Output(ParseResult parsed, TextWriter writer) => new(writer, parsed.GetValue(_json));

    private async Task<int> WorkAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var end = new EndSignal();
        try
        {
            await RunAsync(parsed, Place(parsed), end.Cancellation);
            return (int)ExitCode.Done;
        }
        catch (OperationCanceledException) when (end.Cancellation.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception failure) when (failure is StoreException or ArchiveException or UnauthorizedAccessException or IOException)
        {
            // That the reader of stdout has left is no mistake of anyone's.
            throw failure is IOException broken && StandardOutput.IsLeft(broken) ? broken : new MistakeException(failure.Message);
        }
    }

    private StorePlace Place(ParseResult parsed)
    {
        var values = SettingValues.ReadWithFile(_known, setting => _settings.TextOf(setting, parsed));
        if (!parsed.GetValue(_cluster))
        {
            return new StorePlace(Path.GetFullPath(values.Of(ServeSettings.Data)), Database: null);
        }

        return values.SourceOf(ServeSettings.Data) == SettingSource.CommandLine
            ? throw new MistakeException($"{_cluster.Name} and {ServeSettings.Data.Option} exclude each other")
            : new StorePlace(Folder: null, ClusterGroup.DatabaseFrom(values));
    }
}
