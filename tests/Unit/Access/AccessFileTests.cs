using System.Security.Cryptography;
using System.Text;
using Snakepit.Protocol.Access;
using Snakepit.Serving.Access;
using Snakepit.Serving.CommandLine;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Unit.Access;

public sealed class AccessFileTests
{
    private const string Hash = "5d4f8e9a3c4a4f04f3b7f0f2b4d5f6b0f6f9cf19f39fd4a1f2d9a9fca0a10f37";

    [Fact]
    public void Grants_add_up_and_hold_where_their_patterns_match()
    {
        var alice = Parse("""
            { // as an editor leaves it
              "principals": { "alice": { "tenant": "research", "grants": [
                { "sessions": ["exp-*", "notes"], "rights": ["read", "write"] },
                { "sessions": "*", "rights": "watch" } ] } },
            }
            """).Principals["alice"];
        Assert.Equal(("alice", "research"), (alice.Name, alice.Tenant));
        Assert.Equal(Rights.Read | Rights.Write | Rights.Watch, alice.On("exp-1"));
        Assert.Equal(Rights.Read | Rights.Write | Rights.Watch, alice.On("notes"));
        Assert.Equal(Rights.Watch, alice.On("notes-2"));
        Assert.True(alice.MaySomewhere(Rights.Read | Rights.Watch));
        Assert.True(alice.MayEverywhere(Rights.Watch));
        Assert.False(alice.MayEverywhere(Rights.Read));
        Assert.False(alice.MaySomewhere(Rights.CallTools));
    }

    [Fact]
    public void Limits_are_read_and_what_is_not_said_is_not_limited()
    {
        var rules = Parse("""
            { "principals": { "a": { "limits": { "calls_per_second": 0.5, "burst": 9, "bytes_per_second": "1MiB", "open_watches": 2, "sessions": 3 } }, "b": {} },
              "session_limits": { "watchers": 7 } }
            """);
        Assert.Equal(
            new CallerLimits { CallsPerSecond = 0.5, Burst = 9, BytesPerSecond = 1024 * 1024, OpenWatches = 2, Sessions = 3 },
            rules.Principals["a"].Limits);
        Assert.Equal(CallerLimits.None, rules.Principals["b"].Limits);
        Assert.Equal((7, null), (rules.Sessions!.Watchers, rules.Sessions.CallsPerSecond));
    }

    [Fact]
    public void Launched_workers_are_what_the_file_says_of_pool_or_else_all_that_a_worker_needs()
    {
        var usual = Parse("{}").Pool;
        Assert.Equal(("pool", ""), (usual.Name, usual.Tenant));
        Assert.True(usual.MayEverywhere(Rights.All & ~Rights.Administer));
        Assert.False(usual.MaySomewhere(Rights.Administer));
        var said = Parse("""{ "principals": { "pool": { "tenant": "t", "grants": [{ "sessions": "s", "rights": "read" }] } } }""").Pool;
        Assert.Equal(("t", Rights.Read, Rights.None), (said.Tenant, said.On("s"), said.On("other")));
    }

    [Theory]
    [InlineData("""{ "prinzipals": {} }""", "unknown key prinzipals, must be one of: principals, tokens,")]
    [InlineData("""{ "principals": { "a": { "rigths": [] } } }""", "unknown key principals.a.rigths, must be one of: tenant, grants, limits")]
    [InlineData("""{ "principals": { "a": { "grants": [{ "sessions": "*", "rights": "raed" }] } } }""", "principals.a.grants[0].rights: there is no right 'raed'")]
    [InlineData("""{ "principals": { "a": { "grants": [{ "rights": "read" }] } } }""", "principals.a.grants[0].sessions is missing")]
    [InlineData("""{ "principals": { "a": { "grants": [{ "sessions": "*" }] } } }""", "principals.a.grants[0].rights is missing")]
    [InlineData("""{ "principals": { "a": { "grants": {} } } }""", "principals.a.grants must be a list of objects")]
    [InlineData("""{ "principals": { "a": { "limits": { "burst": 0 } } } }""", "principals.a.limits.burst must be a whole number")]
    [InlineData("""{ "principals": { "a": { "limits": { "calls": 1 } } } }""", "unknown key principals.a.limits.calls")]
    [InlineData("""{ "principals": { "a*": {} } }""", "principals.a*: a principal's name has 1 to 128 characters")]
    [InlineData("""{ "principals": { "a": {}, "a": {} } }""", "it is not JSON")]
    [InlineData("""{ "principals": [] }""", "principals must be an object")]
    [InlineData("""{ "tokens": [{ "sha256": "12", "principal": "a" }] }""", "tokens[0].sha256 must be 64 hexadecimal digits")]
    [InlineData("""{ "tokens": [{ "sha256": "{Hash}", "principal": "a" }] }""", "tokens[0].principal: there is no principal 'a'")]
    [InlineData("""{ "principals": { "a": {} }, "tokens": [{ "sha256": "{Hash}", "principal": "a", "expires": "x" }] }""", "unknown key tokens[0].expires")]
    [InlineData("""{ "principals": { "a": {} }, "tokens": [{ "sha256": "{Hash}", "principal": "a", "expires_at": "soon" }] }""", "tokens[0].expires_at must be a time")]
    [InlineData("""{ "anonymous": "a" }""", "anonymous: there is no principal 'a'")]
    [InlineData("""{ "jwt": { "issuer": "i", "audience": "a" } }""", "jwt.keys_file is missing")]
    [InlineData("""{ "jwt": { "keys_file": "/nowhere/keys.json" } }""", "jwt.issuer is missing")]
    [InlineData("[]", "the root must be an object")]
    [InlineData("{", "it is not JSON")]
    public void What_is_wrong_is_named(string json, string words)
    {
        var mistake = Assert.Throws<MistakeException>(() => Parse(json.Replace("{Hash}", Hash, StringComparison.Ordinal)));
        Assert.Contains(words, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_the_page_about_it_is_taken()
    {
        var page = File.ReadAllText(Path.Combine(TableTests.Root(), "docs", "security.md"));
        var begin = page.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        using var folder = new TemporaryFolder();
        using var key = RSA.Create(2048);
        File.WriteAllText(folder.File("jwks.json"), key.ExportSubjectPublicKeyInfoPem());
        var rules = Parse(
            page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)], Path.GetDirectoryName(folder.File("jwks.json"))!);
        Assert.Equal(["alice", "ops"], rules.Principals.Keys);
        Assert.Equal("alice", rules.Tokens.Find(TokenTable.HashOf("snakepit_loR6tYG_vZkLOogSAVxDL9HLNHtCBIFsB0I95QLgdDs"))!.Principal.Name);
    }

    internal static AccessRules Parse(string json, string folder = ".") => AccessFile.Parse(Encoding.UTF8.GetBytes(json), folder);
}
