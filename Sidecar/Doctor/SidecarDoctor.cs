using System.CommandLine;
using Snakepit.Serving.Doctor;
using Snakepit.Serving.Settings;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Sidecar.Doctor;

/// <summary>`snakepit doctor`.</summary>
internal sealed class SidecarDoctor : DoctorCommand<SidecarOptions>
{
    private readonly Option<bool> _deep = new("--deep") { Description = "read every page of the store and every large value; takes as long as reading the files" };

    public SidecarDoctor()
        : base(
            ServeSettings.All,
            "snakepit serve",
            "settings, store, disk, ports, clock and limits",
            "snakepit doctor",
            "snakepit doctor --data ./data --port 3000 --deep") => Takes(_deep);

    protected override SidecarOptions OptionsFrom(SettingValues values) => ServeOptions.From(values);

    protected override async IAsyncEnumerable<Finding> ExamineAsync(SidecarOptions options, ParseResult parsed)
    {
        var folder = options.DataFolder is { } path ? new FolderChecks(path, parsed.GetValue(_deep), new FolderRights(), options.TimeProvider) : null;
        foreach (var stored in folder?.Run() ??
            [Finding.Doubtful("store", "memory: everything ends with the process", "name a folder with --data to keep it")])
        {
            yield return stored;
        }

        var server = new ServerChecks(options.TimeProvider)
        {
            Endpoints = options.Endpoints,
            Connections = options.Capacity.Connections,
            IsStoreServed = folder?.IsServed,
            Tls = options.Tls,
            Access = options.Access,
            Admin = options.Admin,
            Telemetry = options.Telemetry,
        };
        await foreach (var finding in server.RunAsync())
        {
            yield return finding;
        }
    }
}
