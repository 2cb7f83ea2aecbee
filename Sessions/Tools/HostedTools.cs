using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;

namespace Snakepit.Sessions.Tools;

/// <summary>
/// A session's tools by name, in the order of their first registration, each with the hosts that serve it in the
/// order in which they first offered it. Immutable, and safe to read from any thread.
/// </summary>
public sealed class HostedTools
{
    private readonly Dictionary<string, int> _places;

    private HostedTools(ToolSet set)
    {
        Set = set;
        Bytes = set.CalculateSize();
        _places = new Dictionary<string, int>(set.Tools.Count, StringComparer.Ordinal);
        foreach (var tool in set.Tools)
        {
            _places.Add(tool.Spec.Name, _places.Count);
        }
    }

    public static HostedTools None { get; } = new(new ToolSet());

    /// <summary>As stored and answered. Must not be changed.</summary>
    public ToolSet Set { get; }

    public int Count => _places.Count;

    /// <summary>Length of the set when encoded.</summary>
    public int Bytes { get; }

    /// <summary>The tools of a set that was stored; null = none.</summary>
    public static HostedTools Of(ToolSet? set) => set is null || set.Tools.Count == 0 ? None : new HostedTools(set);

    /// <summary>The tool of that name; null if there is none. Must not be changed.</summary>
    public HostedTool? Find(string name) => _places.TryGetValue(name, out var place) ? Set.Tools[place] : null;

    /// <summary>The name of the principal whose the tool of that name is; empty = it is nobody's.</summary>
    public string OwnerOf(string name) => Set.Owners.TryGetValue(name, out var owner) ? owner : "";

    /// <summary>
    /// With hosts that serve these tools: of a tool that is known the newest specification counts, for all its hosts.
    /// This very object where it knows all that already.
    /// </summary>
    /// <param name="specs">No two of one name. Must not change afterwards, nor must the hosts.</param>
    /// <param name="hosts">At least one, no two of one id.</param>
    /// <param name="owner">Whose the tools are from then on; empty = whose they were.</param>
    public HostedTools With(IEnumerable<ToolSpec> specs, IReadOnlyList<ToolHost> hosts, string owner = "")
    {
        ToolSet? changed = null;
        foreach (var spec in specs)
        {
            if (!_places.TryGetValue(spec.Name, out var place))
            {
                (changed ??= Copy()).Tools.Add(new HostedTool { Spec = spec, Hosts = { hosts } });
            }
            else if (With(Set.Tools[place], spec, hosts) is { } tool)
            {
                (changed ??= Copy()).Tools[place] = tool;
            }

            if (owner.Length > 0 && OwnerOf(spec.Name) != owner)
            {
                (changed ??= Copy()).Owners[spec.Name] = owner;
            }
        }

        return changed is null ? this : new HostedTools(changed);
    }

    /// <summary>Without a host of these tools, or of all; a tool that has no other host goes.</summary>
    /// <param name="hostId">The host. This very object is the answer where it serves none of them.</param>
    /// <param name="names">None = all.</param>
    /// <param name="withdrawn">From how many tools it was taken.</param>
    public HostedTools Without(string hostId, IReadOnlyCollection<string> names, out int withdrawn)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        var rest = new ToolSet();
        withdrawn = 0;
        foreach (var tool in Set.Tools)
        {
            if ((wanted.Count > 0 && !wanted.Contains(tool.Spec.Name)) || !tool.Hosts.Any(host => host.Id == hostId))
            {
                rest.Tools.Add(tool);
                continue;
            }

            withdrawn++;
            if (tool.Hosts.Count > 1)
            {
                rest.Tools.Add(new HostedTool { Spec = tool.Spec, Hosts = { tool.Hosts.Where(host => host.Id != hostId) } });
            }
        }

        foreach (var tool in rest.Tools)
        {
            if (OwnerOf(tool.Spec.Name) is { Length: > 0 } owner)
            {
                rest.Owners.Add(tool.Spec.Name, owner);
            }
        }

        return withdrawn == 0 ? this : Of(rest);
    }

    /// <summary>Null where nothing changes.</summary>
    private static HostedTool? With(HostedTool tool, ToolSpec spec, IReadOnlyList<ToolHost> hosts)
    {
        if (tool.Spec.Equals(spec) && hosts.All(tool.Hosts.Contains))
        {
            return null;
        }

        var changed = new HostedTool { Spec = spec, Hosts = { tool.Hosts } };
        foreach (var host in hosts)
        {
            var place = tool.Hosts.TakeWhile(known => known.Id != host.Id).Count();
            if (place < tool.Hosts.Count)
            {
                changed.Hosts[place] = host;
            }
            else
            {
                changed.Hosts.Add(host);
            }
        }

        return changed;
    }

    // The list only: the tools in it are shared.
    private ToolSet Copy() => new() { Tools = { Set.Tools }, Owners = { Set.Owners } };
}
