using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Snakepit.Tests.Contract.Support;

/// <summary>An access file of a test's own: principals, each with a token that is its name in disguise.</summary>
public sealed class AccessFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-access-");
    private readonly JsonObject _root = new() { ["principals"] = new JsonObject(), ["tokens"] = new JsonArray() };

    public string Path => System.IO.Path.Combine(_folder.FullName, "access.json");

    public string Folder => _folder.FullName;

    public ServerSettings Settings => ServerSettings.Default with { Access = Path };

    /// <summary>The token of a principal of this file.</summary>
    public static string TokenOf(string principal) => $"token-of-{principal}-that-nobody-could-guess";

    public static string Sha256Of(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Adds a principal, or replaces it, and writes the file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rights">What it may do.</param>
    /// <param name="sessions">With which sessions.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="limits">JSON.</param>
    public AccessFixture With(string name, string rights, string sessions = "*", string tenant = "", string limits = "{}")
    {
        var principal = new JsonObject
        {
            ["grants"] = new JsonArray(new JsonObject
            {
                ["sessions"] = sessions,
                ["rights"] = new JsonArray([.. rights.Split(' ').Select(right => JsonValue.Create(right))]),
            }),
            ["limits"] = JsonNode.Parse(limits),
        };
        if (tenant.Length > 0)
        {
            principal["tenant"] = tenant;
        }

        if (!_root["principals"]!.AsObject().ContainsKey(name))
        {
            _root["tokens"]!.AsArray().Add(new JsonObject { ["sha256"] = Sha256Of(TokenOf(name)), ["principal"] = name });
        }

        _root["principals"]![name] = principal;
        return Write();
    }

    /// <summary>Takes a principal's token out, and writes the file.</summary>
    public AccessFixture Without(string name)
    {
        var tokens = _root["tokens"]!.AsArray();
        tokens.Remove(tokens.Single(token => token!["principal"]!.GetValue<string>() == name));
        return Write();
    }

    /// <summary>Sets an entry of the root, and writes the file.</summary>
    public AccessFixture Saying(string key, JsonNode value)
    {
        _root[key] = value;
        return Write();
    }

    /// <summary>Sets when a principal's token expires, and writes the file.</summary>
    public AccessFixture Expiring(string name, DateTimeOffset at)
    {
        _root["tokens"]!.AsArray().Single(token => token!["principal"]!.GetValue<string>() == name)!["expires_at"] = at.ToString("O");
        return Write();
    }

    /// <summary>Writes something else.</summary>
    public void WriteRaw(string text)
    {
        // Like an editor: whoever reads finds the old or the new, whole.
        File.WriteAllText(Path + ".new", text);
        File.Move(Path + ".new", Path, overwrite: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private AccessFixture Write()
    {
        WriteRaw(_root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return this;
    }
}
