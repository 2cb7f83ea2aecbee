using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Snakepit.Protocol.Access;

namespace Snakepit.Serving.Access;

/// <summary>Recognises callers by tokens that somebody else has signed: JSON Web Tokens.</summary>
internal sealed class JwtRules
{
    /// <summary>How far the clocks of who signs and who checks may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>Those with a public key. `none`, and secrets shared with who signs, are never taken.</summary>
    private static readonly string[] Algorithms =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Checked tokens that are remembered: to check a signature takes longer than the rest of a call.</summary>
    private const int Remembered = 10_000;

    private const int LongestToken = 16 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };
    private readonly ConcurrentDictionary<string, JwtCaller> _checked = new(StringComparer.Ordinal);
    private readonly TokenValidationParameters _parameters;
    private readonly WatchedFile _file;
    private readonly IReadOnlyDictionary<string, Principal> _principals;

    public JwtRules(
        string issuer,
        string audience,
        IReadOnlyList<SecurityKey> keys,
        WatchedFile file,
        JwtClaims claims,
        IReadOnlyDictionary<string, Principal> principals)
    {
        (_file, Claims, _principals) = (file, claims, principals);
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudience = audience,
            IssuerSigningKeys = keys,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,

            // Each time that it is shown, by the clock of who asks.
            ValidateLifetime = false,
        };
    }

    public JwtClaims Claims { get; }

    /// <summary>Whether the file of the keys is another than these rules were made with.</summary>
    /// <exception cref="CommandLine.MistakeException">It cannot be read.</exception>
    public bool HaveKeysChanged() => _file.TryReadChanged(out _);

    /// <summary>Whether a text may be such a token: three parts.</summary>
    public static bool IsLikely(string token) => token.Length <= LongestToken && token.AsSpan().Count('.') == 2;

    /// <summary>Whom a token is of, even if it has expired; null = it is not good, or of nobody.</summary>
    /// <param name="token">The token.</param>
    /// <param name="now">The time: one that is not yet valid is not good.</param>
    public KnownCaller? Find(string token, DateTimeOffset now)
    {
        if (!_checked.TryGetValue(token, out var known))
        {
            known = Check(token);
            if (known is null)
            {
                return null;
            }

            if (_checked.Count >= Remembered)
            {
                _checked.Clear();
            }

            _checked[token] = known;
        }

        return known.NotBefore <= now + Skew ? known : null;
    }

    private JwtCaller? Check(string token)
    {
        // With keys at hand it never waits for anything.
        var result = _handler.ValidateTokenAsync(token, _parameters).GetAwaiter().GetResult();
        return result.IsValid && result.SecurityToken is JsonWebToken { } jwt && jwt.ValidTo != DateTime.MinValue
            && Claims.PrincipalOf(jwt, _principals) is { } principal
            ? new JwtCaller(token, principal, jwt)
            : null;
    }

    private sealed class JwtCaller(string token, Principal principal, JsonWebToken jwt)
        : KnownCaller(principal, Later(Utc(jwt.ValidTo)))
    {
        public DateTimeOffset NotBefore { get; } = jwt.ValidFrom == DateTime.MinValue ? DateTimeOffset.MinValue : Utc(jwt.ValidFrom);

        public override KnownCaller? FindAgain(AccessRules rules) => rules.Jwt?.Find(token, DateTimeOffset.MaxValue - Skew);

        // An end may be beyond all that a time can say.
        private static DateTimeOffset Later(DateTimeOffset time) =>
            time < DateTimeOffset.MaxValue - Skew ? time + Skew : DateTimeOffset.MaxValue;

        private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
    }
}
