using System.Globalization;
using System.Net.Sockets;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Storage;
using Snakepit.Transport;

namespace Snakepit.Serving.CommandLine;

/// <summary>What keeps a server from starting, told to whoever typed the command.</summary>
public static class Starting
{
    /// <summary>How to find out which program listens on a port.</summary>
    public static string WhoListens(int port) => string.Create(CultureInfo.InvariantCulture, $"`ss -ltnp 'sport = :{port}'` names it");

    /// <summary>The server that starts.</summary>
    /// <param name="starting">It.</param>
    /// <param name="values">What it was told.</param>
    /// <exception cref="MistakeException">It cannot listen where it should, its store or its certificate cannot be used.</exception>
    public static async Task<T> OrMistakeAsync<T>(this Task<T> starting, SettingValues values)
    {
        try
        {
            return await starting;
        }
        catch (EndpointUnavailableException failure)
        {
            throw new MistakeException(Told(failure, values));
        }
        catch (Exception failure) when (failure is StoreException or TlsFileException)
        {
            throw new MistakeException(failure.Message);
        }
    }

    private static string Told(EndpointUnavailableException failure, SettingValues values) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
            ? $"{failure.Message}; end what listens there ({WhoListens(failure.Endpoint.Port)}), or choose another with {OptionOf(failure.Endpoint, values, ListenGroup.Port)}"
            : $"{OptionOf(failure.Endpoint, values, ListenGroup.Listen)}: {failure.Message}";

    // What said that it should listen there; the last, if nothing of a port of its own did.
    private static string OptionOf(GrpcEndpoint endpoint, SettingValues values, Setting last)
    {
        IEnumerable<Setting<IReadOnlyList<ListenAddress>>> withPort = [AdminGroup.Admin, ListenGroup.Listen];
        if (withPort.FirstOrDefault(setting =>
            values.Of(setting).Any(address => address.Port == endpoint.Port && address.Host == endpoint.Host)) is { } named)
        {
            return named.Option;
        }

        // Those of a silo come behind: another program has them at their defaults.
        IEnumerable<Setting<int>> ports = [ListenGroup.Port, SiloGroup.SiloPort, SiloGroup.ClientPort];
        var port = ports.FirstOrDefault(setting => values.Of(setting) == endpoint.Port);
        return (port is null || port == ListenGroup.Port ? last : port).Option;
    }
}
