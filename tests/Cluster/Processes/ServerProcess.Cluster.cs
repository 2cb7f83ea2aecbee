using System.Diagnostics;
using Snakepit.Tests.Cluster.Processes;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>How the cluster's executables are started: settings stand in the environment, unless a test says more.</summary>
internal sealed partial class ServerProcess
{
    public static ServerProcess LaunchSilo(
        IEnumerable<(string Variable, string Value)> settings, Place? place = null, params IEnumerable<string> arguments) =>
        Launch("snakepit-silo", [("SNAKEPIT_SILO_PORT", "0"), ("SNAKEPIT_CLIENT_PORT", "0"), .. settings], place ?? Place.Here, arguments);

    public static ServerProcess LaunchGateway(
        IEnumerable<(string Variable, string Value)> settings, Place? place = null, params IEnumerable<string> arguments) =>
        Launch("snakepit-gateway", [("SNAKEPIT_PORT", "0"), .. settings], place ?? Place.Here, arguments);

    // The last word on a setting counts.
    private static ServerProcess Launch(
        string program, IEnumerable<(string Variable, string Value)> settings, Place place, IEnumerable<string> arguments)
    {
        // `ip netns exec` becomes the program: signals reach it.
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), .. arguments];
        command = place.Namespace is { } name ? ["ip", "netns", "exec", name, .. command] : command;
        var start = new ProcessStartInfo(command[0], command[1..]);
        foreach (var (variable, value) in settings)
        {
            start.Environment[variable] = value;
        }

        return new ServerProcess(start) { Host = place.Address };
    }
}
