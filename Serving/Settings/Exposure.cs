using System.Net;
using Microsoft.Extensions.Logging;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Serving.Settings;

/// <summary>
/// Where other machines can reach a process, it must be encrypted, and who calls must say who it is; or somebody must
/// have said that this is not meant to be.
/// </summary>
public static class Exposure
{
    /// <summary>
    /// Whether nobody is served without having said who it is, as far as settings tell: what the access file says of
    /// anonymous callers is seen to where the file is read.
    /// </summary>
    /// <param name="values">The settings.</param>
    /// <param name="setting">Where: the pages of the admin port know no principals.</param>
    public static bool AsksWhoCalls(SettingValues values, Setting setting) =>
        TlsGroup.RequiresClients(values) || (setting == ListenGroup.Listen && values.Of(AccessGroup.Access).Length > 0);

    /// <exception cref="MistakeException">Other machines could connect to what they should not, and nobody said that this is meant.</exception>
    public static void Check(SettingValues values, Setting<IReadOnlyList<ListenAddress>> setting)
    {
        if (!values.Of(ListenGroup.Insecure) && OpenIn(values, setting) is { } open)
        {
            throw new MistakeException($"{open}; say {ListenGroup.Insecure.Option} if that is meant");
        }
    }

    /// <summary>What is open about a cluster whose processes reach each other there; null = nothing.</summary>
    public static string? OpenCluster(SettingValues values, IPAddress advertised) =>
        IPAddress.IsLoopback(advertised) || ClusterTlsGroup.IsOn(values)
            ? null
            : $"{ClusterGroup.Advertise.Option} {advertised}: what passes between the cluster's processes is not encrypted, and whoever "
                + $"reaches them can join ({ClusterTlsGroup.Certificate.Option})";

    /// <summary>Says in the log what was let through because somebody said so.</summary>
    public static void Warn(SettingValues values, ILoggerFactory loggers, params ReadOnlySpan<Setting<IReadOnlyList<ListenAddress>>> settings)
    {
        foreach (var setting in settings)
        {
            if (OpenIn(values, setting) is { } open)
            {
                loggers.CreateLogger(typeof(Exposure).FullName!).Exposed(open);
            }
        }
    }

    /// <summary>The same of a process of a cluster.</summary>
    public static void WarnOfCluster(SettingValues values, ILoggerFactory loggers)
    {
        if (OpenCluster(values, ClusterGroup.AdvertisedFrom(values)) is { } open)
        {
            loggers.CreateLogger(typeof(Exposure).FullName!).Exposed(open);
        }
    }

    /// <summary>As `--listen 0.0.0.0`: where other machines can reach it; null = nowhere.</summary>
    public static string? Reachable(SettingValues values, Setting<IReadOnlyList<ListenAddress>> setting) =>
        values.Of(setting).FirstOrDefault(static address => !address.IsLoopback) is { } reachable ? $"{setting.Option} {reachable}" : null;

    private static string? OpenIn(SettingValues values, Setting<IReadOnlyList<ListenAddress>> setting)
    {
        if (Reachable(values, setting) is not { } reachable)
        {
            return null;
        }

        var missing = (TlsGroup.IsOn(values), AsksWhoCalls(values, setting)) switch
        {
            (true, true) => null,
            (true, false) => $"nobody is asked who they are ({TlsGroup.ClientAuthorities.Option})",
            (false, true) => $"nothing is encrypted ({TlsGroup.Certificate.Option})",
            (false, false) => $"nothing is encrypted ({TlsGroup.Certificate.Option}) and nobody is asked who they are "
                + $"({TlsGroup.ClientAuthorities.Option})",
        };
        return missing is null ? null : $"{reachable}: other machines could reach it, and {missing}";
    }
}
