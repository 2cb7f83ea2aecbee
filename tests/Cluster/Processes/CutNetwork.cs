using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>
/// A network of the test's own: a bridge, and network namespaces that hang on it. The way between two addresses can be
/// cut: what is sent goes nowhere, without an error, as when a switch fails. Needs root and `ip`.
/// </summary>
internal sealed class CutNetwork : IAsyncDisposable
{
    /// <summary>An address of no machine: what is sent there is lost.</summary>
    private const string Nowhere = "02:00:00:00:00:01";

    private readonly string _name = $"sp{Random.Shared.Next(0x10000):x4}";

    // Of the block for measurements of networks (RFC 2544), which nobody uses otherwise.
    private readonly string _subnet = string.Create(CultureInfo.InvariantCulture, $"198.18.{Random.Shared.Next(1, 255)}");
    private readonly List<Place> _places = [];

    private CutNetwork()
    {
    }

    /// <summary>On the bridge, in the namespace of the tests.</summary>
    public Place Bridge => new(null, $"{_subnet}.1");

    /// <summary>Another address there, of nobody but the database.</summary>
    public IPAddress Database => IPAddress.Parse($"{_subnet}.100");

    /// <summary>Makes it, with so many namespaces; skips the test where that is not possible.</summary>
    public static async Task<CutNetwork> CreateAsync(int namespaces)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces are made by root only");
        Assert.SkipUnless(
            await RunAsync("-Version") is null, "ip is not installed (Debian: iproute2)");
        var network = new CutNetwork();
        try
        {
            await network.BuildAsync(namespaces);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>In a namespace; they are counted from 0.</summary>
    public Place this[int number] => _places[number];

    /// <summary>From now on nothing comes from one to the other, nor back.</summary>
    public static async Task CutAsync(Place one, Place other)
    {
        await LoseAsync(one, IPAddress.Parse(other.Address));
        await LoseAsync(other, IPAddress.Parse(one.Address));
    }

    /// <summary>From now on what a place sends to that address is lost.</summary>
    public static Task LoseAsync(Place from, IPAddress to) =>
        MustAsync([.. In(from), "neigh", "replace", $"{to}", "lladdr", Nowhere, "nud", "permanent", "dev", Device(from)]);

    public static async Task HealAsync(Place one, Place other)
    {
        await FindAsync(one, IPAddress.Parse(other.Address));
        await FindAsync(other, IPAddress.Parse(one.Address));
    }

    public static Task FindAsync(Place from, IPAddress to) => MustAsync([.. In(from), "neigh", "del", $"{to}", "dev", Device(from)]);

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places)
        {
            await RunAsync("netns", "del", place.Namespace!);
        }

        await RunAsync("link", "del", _name);
    }

    private static string Device(Place place) => place.Namespace is null ? throw new ArgumentException("the way out of the bridge is everyone's") : "eth0";

    private static string[] In(Place place) => place.Namespace is { } name ? ["-n", name] : [];

    private async Task BuildAsync(int namespaces)
    {
        if (await RunAsync("link", "add", _name, "type", "bridge") is { } refusal)
        {
            Assert.Skip($"no network can be made here: ip: {refusal}");
        }

        await MustAsync("addr", "add", $"{Bridge.Address}/24", "dev", _name);
        await MustAsync("addr", "add", $"{Database}/24", "dev", _name);
        await MustAsync("link", "set", _name, "up");
        for (var number = 0; number < namespaces; number++)
        {
            await AddAsync(new Place($"{_name}-{number}", $"{_subnet}.{number + 2}"), $"{_name}v{number}");
        }
    }

    private async Task AddAsync(Place place, string end)
    {
        if (await RunAsync("netns", "add", place.Namespace!) is { } refusal)
        {
            Assert.Skip($"no network namespace can be made here: ip: {refusal}");
        }

        _places.Add(place);
        await MustAsync("link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", place.Namespace!);
        await MustAsync("link", "set", end, "master", _name, "up");
        await MustAsync([.. In(place), "addr", "add", $"{place.Address}/24", "dev", "eth0"]);
        await MustAsync([.. In(place), "link", "set", "eth0", "up"]);
        await MustAsync([.. In(place), "link", "set", "lo", "up"]);
    }

    private static async Task MustAsync(params string[] arguments)
    {
        if (await RunAsync(arguments) is { } refusal)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {refusal}");
        }
    }

    /// <summary>Null = it did as it was told.</summary>
    private static async Task<string?> RunAsync(params string[] arguments)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var output = ip.StandardOutput.ReadToEndAsync();
            var errors = await ip.StandardError.ReadToEndAsync();
            await output;
            await ip.WaitForExitAsync();
            return ip.ExitCode == 0 ? null : errors.Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
