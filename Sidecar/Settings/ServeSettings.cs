using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Calculator;
using Snakepit.Sessions;
using Snakepit.Sidecar.Logging;
using Snakepit.Storage.Hosting;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Settings;

/// <summary>Everything that can be set on a server, in the order of its help text.</summary>
internal static class ServeSettings
{
    private static readonly SessionSettings Sessions = SessionSettings.Default;
    private static readonly SessionLimits Limits = SessionLimits.Default;
    private static readonly HostPolicy Hosting = HostPolicy.Default;
    private static readonly CalculatorLimits Calculator = new();
    private static readonly GrpcServerOptions Transport = new();

    public static Setting<int> Port { get; } = new(
        "port", SettingKinds.Port, 50051, "port to listen on; 0 = any free one, told on stdout");

    public static Setting<IReadOnlyList<ListenAddress>> Listen { get; } = new(
        "listen", SettingKinds.Addresses, [new ListenAddress("localhost", Port: null)],
        "address to listen on, with a port of its own if given; localhost = 127.0.0.1 and ::1, * = every address; repeatable")
    {
        IsRepeatable = true,
    };

    public static Setting<bool> Insecure { get; } = new(
        "insecure", SettingKinds.Switch, false,
        "serve other machines too, though nothing is encrypted and nobody is asked who they are");

    public static Setting<string> Data { get; } = new(
        "data", SettingKinds.Path("FOLDER"), DataFolders.Default, "folder that keeps sessions and calculations; made if need be");

    public static Setting<bool> Memory { get; } = new(
        "memory", SettingKinds.Switch, false, "keep everything in memory: it ends with the process");

    public static Setting<TimeSpan> Ttl { get; } = new(
        "ttl", SettingKinds.Duration, Sessions.Ttl, "disuse after which a session ends, unless it says itself");

    public static Setting<TimeSpan> Idle { get; } = new(
        "idle", SettingKinds.Duration, Hosting.IdleTime, "disuse after which a session leaves memory; it comes back with the next call");

    public static Setting<TimeSpan> Heartbeat { get; } = new(
        "heartbeat", SettingKinds.Interval, SidecarOptions.Default.Watches.Heartbeat, "silence after which a watch sends a heartbeat");

    public static Setting<int> HistoryLimit { get; } = new(
        "history-limit", SettingKinds.Count, Sessions.HistoryLimit, "versions kept of a variable, unless the session says itself");

    public static Setting<long> ReplayableChanges { get; } = new(
        "replayable-changes", SettingKinds.LargeCount, Hosting.ReplayableChanges, "newest changes of a session a watch can resume from");

    public static Setting<TimeSpan> ReplayableAge { get; } = new(
        "replayable-age", SettingKinds.Duration, Hosting.ReplayableAge, "age beyond which a change need not be replayable");

    public static Setting<TimeSpan> CalculatorTtl { get; } = new(
        "calculator-ttl", SettingKinds.Duration, Calculator.IdleTime, "disuse after which a calculation ends");

    public static Setting<int> MaxCalculations { get; } = new(
        "max-calculations", SettingKinds.Count, Calculator.MaxCalculations, "calculations open at once");

    public static Setting<long> MaxSessions { get; } = new(
        "max-sessions", SettingKinds.LargeCount, Hosting.MaxSessions, "sessions stored at once");

    public static Setting<int> MaxVariables { get; } = new(
        "max-variables", SettingKinds.Count, Limits.MaxVariables, "variables in a session");

    public static Setting<int> MaxWatchers { get; } = new(
        "max-watchers", SettingKinds.Count, SidecarOptions.Default.Watches.MaxWatchers, "watches open at once");

    public static Setting<int> MaxNameBytes { get; } = new(
        "max-name-bytes", SettingKinds.Size, Limits.MaxNameBytes, "length of a session id or a name");

    public static Setting<int> MaxValueBytes { get; } = new(
        "max-value-bytes", SettingKinds.Size, Limits.MaxValueBytes, "size of one value");

    public static Setting<int> MaxBatch { get; } = new(
        "max-batch", SettingKinds.Count, Limits.MaxBatch, "items of a batch, identifiers of a watch");

    public static Setting<int> MaxMetadataEntries { get; } = new(
        "max-metadata-entries", SettingKinds.Count, Limits.MaxMetadataEntries, "entries of one metadata map");

    public static Setting<int> MaxMetadataBytes { get; } = new(
        "max-metadata-bytes", SettingKinds.Size, Limits.MaxMetadataBytes, "size of one metadata map");

    public static Setting<int> MaxMessageBytes { get; } = new(
        "max-message-bytes", SettingKinds.Size, Transport.MaxReceiveMessageSize, "size of one request, after decompression too");

    public static Setting<LogFormat> LogFormat { get; } = new(
        "log-format", SettingKinds.OneOf("text|json", ("text", Logging.LogFormat.Text), ("json", Logging.LogFormat.Json)),
        Logging.LogFormat.Text, "shape of the log on stderr");

    public static Setting<LogLevel> LogLevel { get; } = new(
        "log-level",
        SettingKinds.OneOf(
            "LEVEL",
            ("trace", Microsoft.Extensions.Logging.LogLevel.Trace),
            ("debug", Microsoft.Extensions.Logging.LogLevel.Debug),
            ("info", Microsoft.Extensions.Logging.LogLevel.Information),
            ("warning", Microsoft.Extensions.Logging.LogLevel.Warning),
            ("error", Microsoft.Extensions.Logging.LogLevel.Error),
            ("none", Microsoft.Extensions.Logging.LogLevel.None)),
        Microsoft.Extensions.Logging.LogLevel.Information,
        "least level that is logged: trace, debug, info, warning, error or none");

    public static Setting<string> Config { get; } = new(
        "config", SettingKinds.Path("FILE"), "", "JSON file of settings, keys named as these options, without the dashes")
    {
        IsInFile = false,
    };

    public static IReadOnlyList<Setting> All { get; } =
    [
        Port, Listen, Insecure, Data, Memory,
        Ttl, Idle, Heartbeat, HistoryLimit, ReplayableChanges, ReplayableAge, CalculatorTtl,
        MaxSessions, MaxVariables, MaxWatchers, MaxCalculations, MaxNameBytes, MaxValueBytes, MaxBatch,
        MaxMetadataEntries, MaxMetadataBytes, MaxMessageBytes,
        LogFormat, LogLevel, Config,
    ];
}
