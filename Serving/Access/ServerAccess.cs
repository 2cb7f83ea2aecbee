using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Transport;

namespace Snakepit.Serving.Access;

/// <summary>
/// Who may call a server, by a file that is read again whenever it has changed: one that is wrong is told of once, and
/// what it said before stays in force. Dispose of it after the server has stopped.
/// </summary>
public sealed class ServerAccess : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly AccessSettings _settings;
    private readonly WatchedFile _file;
    private readonly PeerTokens? _peers;
    private readonly Revocations _revocations;
    private readonly ILogger _logger;
    private readonly Sweep _sweep;
    private volatile AccessRules _rules;
    private string? _toldMistake;

    private ServerAccess(AccessSettings settings, PeerTokens? peers, TimeProvider time, ILoggerFactory loggers)
    {
        _settings = settings;
        _file = new WatchedFile(settings.File!);
        _peers = peers;
        _logger = loggers.CreateLogger<ServerAccess>();
        _rules = Parse(_file.Take(_file.Read()));
        _revocations = new Revocations(() => _rules, time);
        var refusals = new CallRefusals(time, loggers.CreateLogger<CallRefusals>());
        Guard = new CallGuard(refusals, new CallLimits(() => _rules.Sessions, time));
        Authentication = new CallerAuthentication(() => _rules, peers, _revocations, refusals, time);
        PoolAuthentication = new PoolAuthentication(() => _rules, _revocations);
        _sweep = Sweep.Every(Interval, _ => SeeToChangesAsync(), time, _logger);
    }

    /// <summary>Recognises the callers of the addresses that are told to everyone.</summary>
    public ICallAuthentication Authentication { get; }

    /// <summary>Takes all callers of an address for launched workers.</summary>
    public ICallAuthentication PoolAuthentication { get; }

    /// <summary>Stands before the handlers of the method table.</summary>
    public CallGuard Guard { get; }

    /// <summary>What launched workers are.</summary>
    public Principal Pool => _rules.Pool;

    /// <summary>What a gateway shows to another; null = it has nothing to show.</summary>
    public string? PeerToken => _peers?.Shown;

    /// <summary>Reads the files.</summary>
    /// <param name="settings">Where they are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Refused calls, and files that are wrong, are told there.</param>
    /// <exception cref="MistakeException">One of them cannot be read, or is wrong.</exception>
    /// <returns>Null where everyone may do everything.</returns>
    public static ServerAccess? Open(AccessSettings settings, TimeProvider time, ILoggerFactory loggers) => settings switch
    {
        { File: not null } => new ServerAccess(settings, settings.OpenPeers(), time, loggers),
        { PeerTokenFile: null } => null,
        _ => throw new MistakeException(
            $"{AccessGroup.PeerTokenFile.Option} says what gateways show each other, but no {AccessGroup.Access.Option} says who may call"),
    };

    /// <summary>Logs what a gateway lacks to work with others.</summary>
    public void TellGateway()
    {
        if (_peers is null)
        {
            _logger.NoPeerTokens();
        }
    }

    public ValueTask DisposeAsync() => _sweep.DisposeAsync();

    private AccessRules Parse(byte[] content)
    {
        try
        {
            var rules = AccessFile.Parse(content, Path.GetDirectoryName(Path.GetFullPath(_file.Path))!);
            CheckAnonymous(rules);
            return rules;
        }
        catch (MistakeException mistake)
        {
            throw new MistakeException($"the access file {_file.Path}: {mistake.Message}");
        }
    }

    // Each file that is taken, not only the first: it may come to say so later.
    private void CheckAnonymous(AccessRules rules)
    {
        if (rules.Anonymous is null || _settings.Reachable is not { } reachable)
        {
            return;
        }

        var open = $"anonymous: {reachable}: other machines could reach it, and nobody need say who they are";
        if (!_settings.AllowsAnyone)
        {
            throw new MistakeException($"{open}; say {ListenGroup.Insecure.Option} if that is meant");
        }

        _logger.Exposed($"the access file {_file.Path}: {open}");
    }

    private Task SeeToChangesAsync()
    {
        try
        {
            // Each by itself: that one is wrong keeps the other from nothing.
            string?[] mistakes = [MistakeOf(RefreshPeers), MistakeOf(RefreshRules)];
            var told = string.Join("; ", mistakes.OfType<string>());
            if (told.Length > 0 && told != _toldMistake)
            {
                _logger.AccessNotTaken(told);
            }

            _toldMistake = told;
        }
        finally
        {
            _revocations.Sweep();
        }

        return Task.CompletedTask;
    }

    private static string? MistakeOf(Action refresh)
    {
        try
        {
            refresh();
            return null;
        }
        catch (MistakeException mistake)
        {
            return mistake.Message;
        }
    }

    private void RefreshPeers()
    {
        if (_peers?.Refresh() == true)
        {
            // Other rules, that say the same: so the streams of gateways are judged again.
            _rules = _rules with { };
        }
    }

    private void RefreshRules()
    {
        if (_file.TryReadChanged(out var content) || _rules.Jwt?.HaveKeysChanged() == true)
        {
            _rules = Parse(content);
            _file.Take(content);
            _logger.AccessTaken(_file.Path, _rules.Principals.Count);
        }
    }
}
