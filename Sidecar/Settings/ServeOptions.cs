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
        var addresses = values[ServeSettings.Listen];
        if (!values[ServeSettings.Insecure] && addresses.FirstOrDefault(address => !address.IsLoopback) is { } open)
        {
            throw new MistakeException(
                $"{ServeSettings.Listen.Option} {open}: other machines could reach it, and nothing is encrypted; "
                + $"say {ServeSettings.Insecure.Option} if that is meant");
        }

        return new SidecarOptions
        {
            Endpoints = [.. addresses.Select(address => address.EndpointOn(values[ServeSettings.Port]))],
            DataFolder = KeepsInMemory(values) ? null : Path.GetFullPath(values[ServeSettings.Data]),
            Sessions = new SessionSettings
            {
                Ttl = values[ServeSettings.Ttl],
                HistoryLimit = values[ServeSettings.HistoryLimit],
                Limits = SessionLimits.Default with
                {
                    MaxVariables = values[ServeSettings.MaxVariables],
                    MaxNameBytes = values[ServeSettings.MaxNameBytes],
                    MaxValueBytes = values[ServeSettings.MaxValueBytes],
                    MaxBatch = values[ServeSettings.MaxBatch],
                    MaxMetadataEntries = values[ServeSettings.MaxMetadataEntries],
                    MaxMetadataBytes = values[ServeSettings.MaxMetadataBytes],
                },
            },
            Hosting = HostPolicy.Default with
            {
                MaxSessions = values[ServeSettings.MaxSessions],
                IdleTime = values[ServeSettings.Idle],
                ReplayableChanges = values[ServeSettings.ReplayableChanges],
                ReplayableAge = values[ServeSettings.ReplayableAge],
            },
            Calculator = new CalculatorLimits
            {
                IdleTime = values[ServeSettings.CalculatorTtl],
                MaxCalculations = values[ServeSettings.MaxCalculations],
            },
            Heartbeat = values[ServeSettings.Heartbeat],
            MaxWatchers = values[ServeSettings.MaxWatchers],
            MaxReceiveMessageSize = values[ServeSettings.MaxMessageBytes],
        };
    }

    /// <summary>Of --memory and --data the one from the stronger source holds.</summary>
    private static bool KeepsInMemory(SettingValues values)
    {
        if (!values[ServeSettings.Memory])
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
