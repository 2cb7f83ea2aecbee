namespace Snakepit.Sessions;

/// <summary>Names a session in a store and in a cluster.</summary>
/// <param name="Tenant">Who it belongs to; empty for the only tenant there is so far.</param>
/// <param name="SessionId">The id its clients use.</param>
public readonly record struct SessionKey(string Tenant, string SessionId)
{
    public override string ToString() => Tenant.Length == 0 ? SessionId : $"{Tenant}/{SessionId}";
}
