using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Snakepit.Protocol.Access;
using Snakepit.Serving.Access;
using Snakepit.Serving.CommandLine;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Unit.Access;

public sealed class JwtTests : IDisposable
{
    private const string ByClaims = """, "rights_claim": "snakepit", "tenant_claim": "org" """;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public JwtTests() => File.WriteAllText(
        _folder.File("keys.pem"), $"{_rsa.ExportSubjectPublicKeyInfoPem()}\n{_ecdsa.ExportSubjectPublicKeyInfoPem()}\n");

    public void Dispose()
    {
        _rsa.Dispose();
        _ecdsa.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_good_token_is_the_files_principal_of_its_name()
    {
        var caller = Find(Rules(""), Token(Rsa));
        Assert.Equal("alice", caller!.Principal.Name);
        Assert.True(caller.Principal.May(Rights.Read, "any"));
        Assert.Null(Find(Rules(""), Token(Rsa, name: "mallory")));
    }

    [Fact]
    public void Its_claims_can_say_tenant_and_rights()
    {
        var claims = new Dictionary<string, object> { ["org"] = "research", ["snakepit"] = new[] { "read", "write:exp-*", "openid", "profile:x" } };
        var principal = Find(Rules(ByClaims), Token(Ecdsa, name: "bob", claims: claims))!.Principal;
        Assert.Equal(("bob", "research"), (principal.Name, principal.Tenant));
        Assert.Equal((Rights.Read, Rights.Read | Rights.Write), (principal.On("other"), principal.On("exp-1")));
        claims["snakepit"] = "read watch:a-*";
        principal = Find(Rules(ByClaims), Token(Ecdsa, name: "bob", claims: claims))!.Principal;
        Assert.Equal((Rights.Read, Rights.Read | Rights.Watch), (principal.On("b"), principal.On("a-1")));
        claims.Remove("org");
        Assert.Null(Find(Rules(ByClaims), Token(Ecdsa, name: "bob", claims: claims)));
    }

    [Fact]
    public void Nobody_is_let_in_by_a_token_of_another_issuer_audience_key_or_form()
    {
        var rules = Rules("");
        using var other = RSA.Create(2048);
        Assert.Null(Find(rules, Token(new SigningCredentials(new RsaSecurityKey(other), "RS256"))));
        Assert.Null(Find(rules, Token(Rsa, issuer: "https://evil.example.com")));
        Assert.Null(Find(rules, Token(Rsa, audience: "other")));
        Assert.Null(Find(rules, Token(Rsa)[..^4] + "AAAA"));
        Assert.Null(Find(rules, "a.b.c"));
        Assert.Null(Find(rules, Unsigned()));

        // The public key as the shared secret of HMAC: the confusion of algorithms.
        var secret = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Null(Find(rules, Token(new SigningCredentials(secret, "HS256"))));
    }

    [Fact]
    public void It_has_an_end_and_may_have_a_beginning()
    {
        var rules = Rules("");
        Assert.Equal(Now.AddHours(1) + TimeSpan.FromSeconds(30), Find(rules, Token(Rsa))!.ExpiresAt);
        Assert.Null(Find(rules, Token(Rsa, from: Now.AddMinutes(5))));
        Assert.NotNull(Find(rules, Token(Rsa, from: Now.AddSeconds(20))));
        Assert.Null(Find(rules, Token(Rsa, until: null)));
    }

    [Fact]
    public void A_key_set_serves_as_well_and_secrets_in_it_do_not()
    {
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        var rsa = new { kty = "RSA", kid = "k", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
        var secret = new { kty = "oct", kid = "s", k = Base64UrlEncoder.Encode(new byte[64]) };
        File.WriteAllText(_folder.File("keys.pem"), JsonSerializer.Serialize(new { keys = new object[] { rsa, secret } }));
        Assert.NotNull(Find(Rules(""), Token(Rsa)));

        File.WriteAllText(_folder.File("keys.pem"), JsonSerializer.Serialize(new { keys = new object[] { secret } }));
        Assert.Contains("no public key", Assert.Throws<MistakeException>(() => Rules("")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "no public key")]
    [InlineData("{ \"keys\": 1 }", "neither a JSON Web Key Set nor PEM")]
    [InlineData("private", "a private key has no place here")]
    public void A_file_of_no_use_is_a_mistake(string content, string words)
    {
        File.WriteAllText(_folder.File("keys.pem"), content == "private" ? _rsa.ExportPkcs8PrivateKeyPem() : content);
        Assert.Contains(words, Assert.Throws<MistakeException>(() => Rules("")).Message, StringComparison.Ordinal);
    }

    private SigningCredentials Rsa => new(new RsaSecurityKey(_rsa), "RS256");

    private SigningCredentials Ecdsa => new(new ECDsaSecurityKey(_ecdsa), "ES256");

    private static KnownCaller? Find(JwtRules rules, string token) => rules.Find(token, Now);

    private static string Token(
        SigningCredentials key,
        string name = "alice",
        string issuer = "https://login.example.com",
        string audience = "snakepit",
        DateTimeOffset? from = null,
        Dictionary<string, object>? claims = null) => Token(key, Now.AddHours(1), name, issuer, audience, from, claims);

    private static string Token(SigningCredentials key, DateTimeOffset? until) =>
        Token(key, until, "alice", "https://login.example.com", "snakepit", null, null);

    private static string Token(
        SigningCredentials key,
        DateTimeOffset? until,
        string name,
        string issuer,
        string audience,
        DateTimeOffset? from,
        Dictionary<string, object>? claims)
    {
        var payload = new Dictionary<string, object>(claims ?? []) { ["sub"] = name, ["iss"] = issuer, ["aud"] = audience };
        if (until is { } end)
        {
            payload["exp"] = end.ToUnixTimeSeconds();
        }

        if (from is { } begin)
        {
            payload["nbf"] = begin.ToUnixTimeSeconds();
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(JsonSerializer.Serialize(payload), key);
    }

    private static string Unsigned()
    {
        var payload = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"sub":"alice","iss":"https://login.example.com","aud":"snakepit","exp":{{Now.AddHours(1).ToUnixTimeSeconds()}}}""");
        return $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{Base64UrlEncoder.Encode(payload)}.";
    }

    private JwtRules Rules(string more) => AccessFileTests.Parse(
        $$"""
        { "principals": { "alice": { "grants": [{ "sessions": "*", "rights": "read" }] } },
          "jwt": { "issuer": "https://login.example.com", "audience": "snakepit", "keys_file": "keys.pem"{{more}}} }
        """,
        Path.GetDirectoryName(_folder.File("x"))!).Jwt!;
}
