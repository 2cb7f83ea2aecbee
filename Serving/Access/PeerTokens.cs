using System.Security.Cryptography;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Access;

/// <summary>
/// What the gateways of one cluster show each other: a file of secrets, one a line. The first is shown, each is taken,
/// so that a new one can be brought to all of them before it is used.
/// </summary>
internal sealed class PeerTokens
{
    /// <summary>Shorter ones could be guessed.</summary>
    private const int ShortestToken = 32;

    private readonly WatchedFile _file;
    private volatile string[] _tokens;
    private volatile byte[][] _hashes;

    /// <exception cref="MistakeException">The file cannot be read, or holds none.</exception>
    public PeerTokens(string path)
    {
        _file = new WatchedFile(path);
        (_tokens, _hashes) = ([], []);
        Take(_file.Read());
    }

    /// <summary>What this gateway shows.</summary>
    public string Shown => _tokens[0];

    public bool Knows(ReadOnlySpan<byte> hash)
    {
        foreach (var known in _hashes)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes what has changed in the file; true = something has.</summary>
    /// <exception cref="MistakeException">What it says now is wrong; what it said before holds.</exception>
    public bool Refresh()
    {
        if (!_file.TryReadChanged(out var content))
        {
            return false;
        }

        Take(content);
        return true;
    }

    private void Take(byte[] content)
    {
        var tokens = Read(content);
        _tokens = tokens;
        _hashes = [.. tokens.Select(TokenTable.HashOf)];
        _file.Take(content);
    }

    private string[] Read(byte[] content)
    {
        var lines = System.Text.Encoding.UTF8.GetString(content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines is [] || lines.Any(static line => line.Length < ShortestToken || line.Any(static letter => letter is <= ' ' or > '~'))
            ? throw new MistakeException($"the file of peer tokens {_file.Path} must have one token a line, each of at least {ShortestToken} printable characters without a space")
            : lines;
    }
}
