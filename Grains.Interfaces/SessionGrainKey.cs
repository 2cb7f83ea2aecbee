using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>A session's key as a grain's: the tenant, escaped, a slash, the session's id as it is.</summary>
public static class SessionGrainKey
{
    private const char Separator = '/';

    public static string Of(SessionKey key) => key.Tenant.Length == 0
        ? Separator + key.SessionId
        : Uri.EscapeDataString(key.Tenant) + Separator + key.SessionId;

    public static SessionKey Parse(string key)
    {
        var end = key.IndexOf(Separator, StringComparison.Ordinal);
        return new SessionKey(Uri.UnescapeDataString(key[..end]), key[(end + 1)..]);
    }
}
