using System.Diagnostics;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>How the cluster's executables are started: all settings stand in the environment.</summary>
internal sealed partial class ServerProcess
{
    public static ServerProcess LaunchSilo(IEnumerable<(string Variable, string Value)> settings) =>
        Launch("snakepit-silo", [("SNAKEPIT_SILO_PORT", "0"), ("SNAKEPIT_CLIENT_PORT", "0"), .. settings]);

    public static ServerProcess LaunchGateway(IEnumerable<(string Variable, string Value)> settings) =>
        Launch("snakepit-gateway", [("SNAKEPIT_PORT", "0"), .. settings]);

    // The last word on a setting counts.
    private static ServerProcess Launch(string program, IEnumerable<(string Variable, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{program}.dll")]);
        foreach (var (variable, value) in settings)
        {
            start.Environment[variable] = value;
        }

        return new ServerProcess(start);
    }
}
