using Snakepit.Bridge.Calculator;
using Snakepit.Sessions;
using Snakepit.Sidecar.CommandLine;
using Snakepit.Storage.Hosting;

namespace Snakepit.Sidecar.Settings;

/// <summary>What the settings mean for a server.</summary>
internal static class ServeOptions
{
    /// <exception cref="MistakeException">Two settings contradict each other, or one is too dangerous alone.</exception>
    public static SidecarOptions From(SettingValues values)
    {
        var addresses = values.Of(ServeSettings.Listen);
        if (!values.Of(ServeSettings.Insecure) && addresses.FirstOrDefault(address => !address.IsLoopback) is { } open)
        {
            throw new MistakeException(
                $"{ServeSettings.Listen.Option} {open}: other machines could reach it, and nothing is encrypted; "
                + $"say {ServeSettings.Insecure.Option} if that is meant");
        }

        return new SidecarOptions
        {
            Endpoints = [.. addresses.Select(address => address.EndpointOn(values.Of(ServeSettings.Port)))],
            DataFolder = KeepsInMemory(values) ? null : Path.GetFullPath(values.Of(ServeSettings.Data)),
            Sessions = new SessionSettings
            {
                Ttl = values.Of(ServeSettings.Ttl),
                HistoryLimit = values.Of(ServeSettings.HistoryLimit),
                Limits = SessionLimits.Default with
                {
                    MaxVariables = values.Of(ServeSettings.MaxVariables),
                    MaxNameBytes = values.Of(ServeSettings.MaxNameBytes),
                    MaxValueBytes = values.Of(ServeSettings.MaxValueBytes),
                    MaxBatch = values.Of(ServeSettings.MaxBatch),
                    MaxMetadataEntries = values.Of(ServeSettings.MaxMetadataEntries),
                    MaxMetadataBytes = values.Of(ServeSettings.MaxMetadataBytes),
                },
            },
            Hosting = HostPolicy.Default with
            {
                MaxSessions = values.Of(ServeSettings.MaxSessions),
                IdleTime = values.Of(ServeSettings.Idle),
                ReplayableChanges = values.Of(ServeSettings.ReplayableChanges),
                ReplayableAge = values.Of(ServeSettings.ReplayableAge),
            },
            Calculator = new CalculatorLimits
            {
                IdleTime = values.Of(ServeSettings.CalculatorTtl),
                MaxCalculations = values.Of(ServeSettings.MaxCalculations),
            },
            Watches = SidecarOptions.Default.Watches with
            {
                Heartbeat = values.Of(ServeSettings.Heartbeat),
                MaxWatchers = values.Of(ServeSettings.MaxWatchers),
            },
            MaxReceiveMessageSize = values.Of(ServeSettings.MaxMessageBytes),
        };
    }

    /// <summary>Of --memory and --data the one from the stronger source holds.</summary>
    private static bool KeepsInMemory(SettingValues values)
    {
        if (!values.Of(ServeSettings.Memory))
        {
            return false;
        }

        var (memory, data) = (values.SourceOf(ServeSettings.Memory), values.SourceOf(ServeSettings.Data));
        return memory != data
            ? memory > data
            : throw new MistakeException(
                $"{ServeSettings.Memory.Option} and {ServeSettings.Data.Option} exclude each other");
    }
}
