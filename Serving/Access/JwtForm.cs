using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Snakepit.Protocol.Access;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Access;

/// <summary>What an access file says of signed tokens: whose, and with which keys.</summary>
internal static class JwtForm
{
    /// <exception cref="MistakeException">It is wrong; the message says where.</exception>
    public static JwtRules Read(JsonEntries entry, IReadOnlyDictionary<string, Principal> principals, string folder)
    {
        var file = new WatchedFile(Path.Combine(folder, entry.Required("keys_file")));
        var rights = entry.Text("rights_claim");
        var rules = new JwtRules(
            entry.Required("issuer"),
            entry.Required("audience"),
            ReadKeys(file.Take(file.Read()), entry.PathOf("keys_file")),
            file,
            new JwtClaims(entry.Text("principal_claim") ?? "sub", entry.Text("tenant_claim"), rights),
            principals);
        entry.RefuseOthers();
        return rights is not null || rules.Claims.Tenant is null
            ? rules
            : throw new MistakeException($"{entry.PathOf("tenant_claim")}: without a rights_claim, principals and their tenants stand in this file");
    }

    // A secret key is none: who can check a signature by it can make one.
    private static IReadOnlyList<SecurityKey> ReadKeys(byte[] content, string path)
    {
        var text = Encoding.UTF8.GetString(content);
        try
        {
            var keys = text.TrimStart().StartsWith('{')
                ? new JsonWebKeySet(text).GetSigningKeys().Where(static key => key is not SymmetricSecurityKey).ToList()
                : [.. PemBlocks(text).Select(KeyOf)];
            return keys is [] ? throw new MistakeException($"{path}: the file has no public key to check signatures by") : [.. keys];
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            throw new MistakeException($"{path}: the file is neither a JSON Web Key Set nor PEM with public keys or certificates: {wrong.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static IEnumerable<string> PemBlocks(string text)
    {
        for (var rest = text; PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
        {
            yield return rest[found.Location];
        }
    }

    private static SecurityKey KeyOf(string pem)
    {
        if (pem.Contains("PRIVATE", StringComparison.Ordinal))
        {
            throw new CryptographicException("a private key has no place here");
        }

        if (pem.StartsWith("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.GetRSAPublicKey() is { } rsaOf ? new RsaSecurityKey(rsaOf)
                : certificate.GetECDsaPublicKey() is { } ecdsaOf ? new ECDsaSecurityKey(ecdsaOf)
                : throw new CryptographicException("a certificate's key is neither RSA nor ECDSA");
        }

        try
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
        catch (Exception other) when (other is CryptographicException or ArgumentException)
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            return new ECDsaSecurityKey(ecdsa);
        }
    }
}
