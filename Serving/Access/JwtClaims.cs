using Microsoft.IdentityModel.JsonWebTokens;
using Snakepit.Protocol.Access;

namespace Snakepit.Serving.Access;

/// <summary>Which claims of a signed token say what.</summary>
/// <param name="Name">The principal's name.</param>
/// <param name="Tenant">Its tenant; null = it has the one without a name.</param>
/// <param name="Rights">
/// Its rights: a list, or a text with spaces between, of `RIGHT` and `RIGHT:SESSIONS`; words that are neither are
/// somebody else's. Null = the principal is one of the file's, with the tenant and the rights that it has there.
/// </param>
internal sealed record JwtClaims(string Name, string? Tenant, string? Rights)
{
    /// <summary>Null where the token does not say enough.</summary>
    public Principal? PrincipalOf(JsonWebToken token, IReadOnlyDictionary<string, Principal> principals)
    {
        if (TextOf(token, Name) is not { Length: > 0 and <= 128 } name || name.Any(char.IsControl))
        {
            return null;
        }

        if (Rights is null)
        {
            return principals.GetValueOrDefault(name);
        }

        // Who should be of a tenant and is of none must not come to be of the one without a name.
        var tenant = Tenant is null ? "" : TextOf(token, Tenant);
        return tenant is null || (Tenant is not null && tenant.Length == 0)
            ? null
            : new Principal(name, tenant, [.. WordsOf(token, Rights).Select(GrantOf).OfType<Grant>()]);
    }

    private static Grant? GrantOf(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var right = RightNames.Find(colon < 0 ? word : word[..colon]);
        return right == Protocol.Access.Rights.None ? null : new Grant(colon < 0 ? Grant.EverySession : word[(colon + 1)..], right);
    }

    private static IEnumerable<string> WordsOf(JsonWebToken token, string claim) => token.Claims
        .Where(stated => stated.Type == claim)
        .SelectMany(static stated => stated.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string? TextOf(JsonWebToken token, string claim) =>
        token.Claims.Where(stated => stated.Type == claim).Select(static stated => stated.Value).ToList() is [var only] ? only : null;
}
