using System.Text.Json;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Access;

/// <summary>The form of an access file: docs/security.md.</summary>
internal static class AccessFile
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <param name="content">The file's bytes.</param>
    /// <param name="folder">What paths in it are relative to.</param>
    /// <exception cref="MistakeException">It is wrong; the message says where.</exception>
    public static AccessRules Parse(ReadOnlyMemory<byte> content, string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(content, Lenient);
            return Read(new JsonEntries(document.RootElement, ""), folder);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The latter: a text in it is no valid Unicode.
            throw new MistakeException($"it is not JSON: {malformed.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static AccessRules Read(JsonEntries root, string folder)
    {
        var principals = new Dictionary<string, Principal>(StringComparer.Ordinal);
        if (root.Object("principals") is { } named)
        {
            foreach (var name in named.Names)
            {
                principals.Add(CheckName(name, named.PathOf(name)), ReadPrincipal(name, named.Object(name)!));
            }
        }

        var rules = new AccessRules
        {
            Principals = principals,
            Tokens = new TokenTable([.. root.Objects("tokens").Select(entry => ReadToken(entry, principals))]),
            Certificates = ReadCertificates(root, principals),
            Jwt = root.Object("jwt") is { } jwt ? JwtForm.Read(jwt, principals, folder) : null,
            Anonymous = root.Text("anonymous") is { } anonymous ? Find(principals, anonymous, "anonymous") : null,
            Sessions = root.Object("session_limits") is { } limits ? ReadSessionQuota(limits) : null,
        };
        root.RefuseOthers();
        return rules;
    }

    // It stands in logs, in the audit and in lists.
    private static string CheckName(string name, string path) => name.Length is > 0 and <= 128 && !name.Any(char.IsControl) && !name.Contains('*', StringComparison.Ordinal)
        ? name
        : throw new MistakeException($"{path}: a principal's name has 1 to 128 characters, none of them a control character or *");

    private static Principal ReadPrincipal(string name, JsonEntries entry)
    {
        var tenant = entry.Text("tenant") ?? "";
        var grants = entry.Objects("grants").SelectMany(ReadGrants).ToList();
        var limits = entry.Object("limits") is { } said ? ReadLimits(said) : CallerLimits.None;
        entry.RefuseOthers();
        return new Principal(name, tenant, grants, limits);
    }

    private static List<Grant> ReadGrants(JsonEntries entry)
    {
        var sessions = entry.Texts("sessions") ?? throw new MistakeException($"{entry.PathOf("sessions")} is missing");
        var rights = Rights.None;
        foreach (var name in entry.Texts("rights") ?? throw new MistakeException($"{entry.PathOf("rights")} is missing"))
        {
            rights |= RightNames.Find(name) is var right and not Rights.None
                ? right
                : throw new MistakeException($"{entry.PathOf("rights")}: there is no right '{name}', must be one of: {RightNames.All}");
        }

        entry.RefuseOthers();
        return [.. sessions.Select(pattern => new Grant(pattern, rights))];
    }

    private static CallerLimits ReadLimits(JsonEntries entry)
    {
        var limits = new CallerLimits
        {
            CallsPerSecond = entry.Rate("calls_per_second"),
            Burst = entry.Count("burst"),
            BytesPerSecond = entry.Bytes("bytes_per_second"),
            OpenWatches = entry.Count("open_watches"),
            Sessions = entry.Count("sessions"),
        };
        entry.RefuseOthers();
        return limits;
    }

    private static SessionQuota ReadSessionQuota(JsonEntries entry)
    {
        var quota = new SessionQuota(entry.Rate("calls_per_second"), entry.Count("watchers"));
        entry.RefuseOthers();
        return quota;
    }

    private static TokenCaller ReadToken(JsonEntries entry, IReadOnlyDictionary<string, Principal> principals)
    {
        var token = new TokenCaller(
            ReadSha256(entry), Find(principals, entry.Required("principal"), entry.PathOf("principal")), entry.Time("expires_at"));
        entry.RefuseOthers();
        return token;
    }

    private static CertificateTable ReadCertificates(JsonEntries root, IReadOnlyDictionary<string, Principal> principals)
    {
        var bySha256 = new Dictionary<string, Principal>(StringComparer.OrdinalIgnoreCase);
        var bySubject = new Dictionary<string, Principal>(StringComparer.Ordinal);
        foreach (var entry in root.Objects("certificates"))
        {
            var principal = Find(principals, entry.Required("principal"), entry.PathOf("principal"));
            var subject = entry.Text("subject");
            if (subject is not null)
            {
                bySubject[subject] = principal;
            }

            if (subject is null || entry.Text("sha256") is not null)
            {
                bySha256[Convert.ToHexString(ReadSha256(entry))] = principal;
            }

            entry.RefuseOthers();
        }

        return new CertificateTable(bySha256, bySubject);
    }

    private static byte[] ReadSha256(JsonEntries entry)
    {
        // As tools print a certificate's: with colons.
        var text = entry.Required("sha256").Replace(":", "", StringComparison.Ordinal);
        return text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw new MistakeException($"{entry.PathOf("sha256")} must be 64 hexadecimal digits");
    }

    private static Principal Find(IReadOnlyDictionary<string, Principal> principals, string name, string path) =>
        principals.GetValueOrDefault(name) ?? throw new MistakeException($"{path}: there is no principal '{name}'");
}
