using Snakepit.Serving.Admin;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>Where probes, scrapers and people are answered.</summary>
public static class AdminGroup
{
    public static Setting<IReadOnlyList<ListenAddress>> Admin { get; } = new(
        "admin", SettingKinds.Addresses, [],
        "address that answers /healthz, /readyz and /metrics over HTTP/1.1, which name no session and show no value; "
        + "and, with a console, people with a browser. Without a port any free one, told in the log");

    public static Setting<ConsoleUse> Console { get; } = new(
        "console",
        SettingKinds.OneOf("WHEN", ("auto", ConsoleUse.Auto), ("on", ConsoleUse.On), ("off", ConsoleUse.Off)),
        ConsoleUse.Auto,
        "a web page of the admin port that shows sessions and changes them: auto = where only this machine can reach it, on, off");

    public static Setting<IReadOnlyList<ListenAddress>> ConsoleHost { get; } = new(
        "console-host", SettingKinds.Addresses, [],
        "name by which the console is reached besides localhost and addresses, as behind a proxy; repeatable")
    {
        IsRepeatable = true,
    };

    public static IReadOnlyList<Setting> All { get; } = [Admin, Console, ConsoleHost];

    /// <summary>Null = nowhere.</summary>
    /// <exception cref="MistakeException">Other machines could reach the console, and nobody said that this is meant.</exception>
    public static AdminOptions? OptionsFrom(SettingValues values)
    {
        Exposure.Check(values, Admin);
        if (values.Of(Admin) is not [var address, ..])
        {
            return values.Of(Console) == ConsoleUse.On
                ? throw new MistakeException($"{Console.Option} on: there is no admin port; {Admin.Option} says where it is")
                : null;
        }

        return new AdminOptions(address.EndpointOn(0))
        {
            NoConsole = WhyNoConsole(address, values),
            ConsoleHosts = [.. values.Of(ConsoleHost).Select(static host => host.Host)],
        };
    }

    private static string? WhyNoConsole(ListenAddress address, SettingValues values) => values.Of(Console) switch
    {
        ConsoleUse.Off => $"{Console.Option} is off",
        ConsoleUse.Auto when !address.IsLoopback =>
            $"other machines can reach this port; {Console.Option} on, if that is meant",
        _ => null,
    };
}

/// <summary>When there is a console.</summary>
public enum ConsoleUse
{
    /// <summary>Where only this machine can reach it.</summary>
    Auto,
    On,
    Off,
}
