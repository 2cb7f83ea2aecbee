using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Snakepit.Protocol.Access;

namespace Snakepit.Serving.Access;

/// <summary>
/// The tokens of a file, of which it has only the SHA-256: random tokens are too many to be guessed from it. Found by the
/// first bytes of that, and then compared in constant time.
/// </summary>
internal sealed class TokenTable
{
    private readonly Dictionary<ulong, TokenCaller[]> _byStart;

    public TokenTable(IEnumerable<TokenCaller> tokens) => _byStart = tokens
        .GroupBy(static token => StartOf(token.Hash.Span))
        .ToDictionary(static some => some.Key, static some => some.ToArray());

    /// <summary>The SHA-256 of a token, as the file has it but in bytes.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whom a token of that hash is of, even if it has expired; null = there is none.</summary>
    public TokenCaller? Find(ReadOnlySpan<byte> hash)
    {
        foreach (var token in _byStart.GetValueOrDefault(StartOf(hash)) ?? [])
        {
            if (CryptographicOperations.FixedTimeEquals(token.Hash.Span, hash))
            {
                return token;
            }
        }

        return null;
    }

    private static ulong StartOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64BigEndian(hash);
}

/// <summary>Who shows a token of the file. One object serves all its calls.</summary>
/// <param name="hash">The token's SHA-256.</param>
/// <param name="principal">Who it is.</param>
/// <param name="expiresAt">Null = never.</param>
internal sealed class TokenCaller(ReadOnlyMemory<byte> hash, Principal principal, DateTimeOffset? expiresAt)
    : KnownCaller(principal, expiresAt)
{
    public ReadOnlyMemory<byte> Hash => hash;

    public override KnownCaller? FindAgain(AccessRules rules) => rules.Tokens.Find(hash.Span);
}
