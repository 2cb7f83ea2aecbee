using System.CommandLine;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Settings;
using Snakepit.Storage;
using Snakepit.Storage.Archive;

namespace Snakepit.Sidecar.Data;

/// <summary>A command that works on a store itself: a data folder that no server uses, or a cluster's database.</summary>
internal abstract class StoreCommand : DocumentedCommand
{
    /// <summary>What a shell says of a command that Ctrl-C ended.</summary>
    private const int Interrupted = 130;

    private readonly SettingOptions _settings = new(StoreSettings.All);

    private readonly Option<bool> _cluster = new("--cluster")
    {
        Description = $"the PostgreSQL of a cluster, which {ClusterGroup.Database.Variable} names, in place of a data folder; the cluster may run",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print JSON, one object a line" };

    protected StoreCommand(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        SetAction(WorkAsync);
    }

    /// <summary>Adds the command's own arguments and options, and those that all have behind them.</summary>
    protected void Takes(Argument argument, params Option[] options)
    {
        Arguments.Add(argument);
        foreach (var option in (IEnumerable<Option>)[_cluster, .. options, _json])
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
        var values = SettingValues.ReadWithFile(StoreSettings.All, setting => _settings.TextOf(setting, parsed));
        if (!parsed.GetValue(_cluster))
        {
            return new StorePlace(Path.GetFullPath(values.Of(ServeSettings.Data)), Database: null);
        }

        return values.SourceOf(ServeSettings.Data) == SettingSource.CommandLine
            ? throw new MistakeException($"{_cluster.Name} and {ServeSettings.Data.Option} exclude each other")
            : new StorePlace(Folder: null, ClusterGroup.DatabaseFrom(values));
    }
}
