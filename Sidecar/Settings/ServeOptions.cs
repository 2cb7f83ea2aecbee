using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Sidecar.Settings;

/// <summary>What the settings mean for a sidecar.</summary>
internal static class ServeOptions
{
    /// <exception cref="MistakeException">Two settings contradict each other, or one is too dangerous alone.</exception>
    public static SidecarOptions From(SettingValues values) => new()
    {
        Endpoints = ListenGroup.EndpointsFrom(values),
        Tls = TlsGroup.OptionsFrom(values),
        DataFolder = KeepsInMemory(values) ? null : Path.GetFullPath(values.Of(ServeSettings.Data)),
        Sessions = SessionGroup.SettingsFrom(values),
        Hosting = HostGroup.PolicyFrom(values),
        Calculator = CalculatorGroup.LimitsFrom(values),
        Watches = WatchGroup.SettingsFrom(values),
        Admin = AdminGroup.OptionsFrom(values),
        Access = AccessGroup.SettingsFrom(values),
        Telemetry = TelemetryGroup.OptionsFrom(values),
        Workers = WorkerGroup.OptionsFrom(values),
        MaxReceiveMessageSize = values.Of(ListenGroup.MaxMessageBytes),
        Capacity = ListenGroup.CapacityFrom(values),
    };

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
