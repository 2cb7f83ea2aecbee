namespace Snakepit.Bridge.Tools;

/// <summary>Names a host among those of all tenants.</summary>
/// <param name="Tenant">The tenant whose sessions it serves.</param>
/// <param name="Id">What these sessions keep of it.</param>
public readonly record struct HostKey(string Tenant, string Id)
{
    public static HostKey Of(IToolHost host) => new(host.Tenant, host.Identity.Id);
}
