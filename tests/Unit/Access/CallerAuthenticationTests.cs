using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Access;
using Snakepit.Serving.CommandLine;
using Snakepit.Tests.Storage;
using Snakepit.Tests.Unit.Support;
using Snakepit.Transport;

namespace Snakepit.Tests.Unit.Access;

public sealed class CallerAuthenticationTests : IDisposable
{
    private const string Secret = "a-secret-of-gateways-that-is-long-enough";

    private static readonly RpcMethod Method = new UnaryMethod<PingRequest, PingResponse>("s", "m", PingRequest.Parser, (_, _) => default);

    private readonly ManualClock _clock = new();
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate;

    public CallerAuthenticationTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = new CertificateRequest("CN=ops, O=Snakes", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(1));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_certificate_is_known_by_its_hash_or_by_its_subject()
    {
        var hash = string.Join(':', _certificate.GetCertHash(HashAlgorithmName.SHA256).Select(each => each.ToString("X2")));
        Assert.Equal("ops", Who($$"""[{ "sha256": "{{hash}}", "principal": "ops" }]""", new("", _certificate, "peer")));
        Assert.Equal("ops", Who("""[{ "subject": "CN=ops, O=Snakes", "principal": "ops" }]""", new("", _certificate, "peer")));
        Assert.Equal(
            "the client's certificate is nobody's here",
            Who("""[{ "subject": "CN=ops", "principal": "ops" }]""", new("", _certificate, "peer")));
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(
            "the client's certificate has expired",
            Who("""[{ "subject": "CN=ops, O=Snakes", "principal": "ops" }]""", new("", _certificate, "peer")));
    }

    [Fact]
    public void A_bearer_token_wins_over_a_certificate_also_where_it_is_wrong()
    {
        const string Certificates = """[{ "subject": "CN=ops, O=Snakes", "principal": "ops" }]""";
        Assert.Equal("alice", Who(Certificates, new("bearer token-of-alice", _certificate, "peer")));
        Assert.Equal("the token is not known", Who(Certificates, new("Bearer token", _certificate, "peer")));
    }

    [Fact]
    public void Gateways_know_each_other_by_any_line_of_their_file_and_show_the_first()
    {
        File.WriteAllText(_folder.File("peers"), $"{Secret}-new\n\n{Secret}-old\n");
        var peers = new PeerTokens(_folder.File("peers"));
        Assert.Equal($"{Secret}-new", peers.Shown);
        Assert.Equal("gateway", Who("[]", new($"Bearer {Secret}-old", null, "peer"), peers));
        Assert.Equal("gateway", Who("[]", new($"Bearer {Secret}-new", null, "peer"), peers));
        Assert.Equal("the token is not known", Who("[]", new($"Bearer {Secret}", null, "peer"), peers));

        File.WriteAllText(_folder.File("peers"), "short\n");
        Assert.Throws<MistakeException>(() => peers.Refresh());
        Assert.Equal($"{Secret}-new", peers.Shown);
        File.WriteAllText(_folder.File("peers"), $"{Secret}-next\n");
        Assert.True(peers.Refresh());
        Assert.Equal("the token is not known", Who("[]", new($"Bearer {Secret}-new", null, "peer"), peers));
    }

    [Fact]
    public void Whoever_calls_the_workers_address_is_the_pool_and_no_more()
    {
        var rules = Rules("[]");
        var pool = new PoolAuthentication(() => rules, new Revocations(() => rules, _clock));
        var principal = pool.Authenticate(Method, new("Bearer token-of-alice", null, "peer")).Caller!.Principal;
        Assert.Equal("pool", principal.Name);
        Assert.False(principal.MaySomewhere(Rights.Administer));
        Assert.False(principal.MaySomewhere(Rights.Relay));
    }

    [Fact]
    public void No_server_may_call_the_workers_address_nor_listen_there()
    {
        var rules = Rules("[]");
        var pool = new PoolAuthentication(() => rules, new Revocations(() => rules, _clock));
        var listening = new DuplexMethod<TelemetryControl>("s", "StreamTelemetry", TelemetryControl.Parser, (_, _, _) => null!);
        Assert.Equal(RpcCode.Unauthenticated, pool.Authenticate(Method, new("", null, "peer", IsSentOn: true)).Refusal!.Code);
        Assert.Equal(RpcCode.Unauthenticated, pool.Authenticate(listening, new("", null, "peer")).Refusal!.Code);
    }

    private static AccessRules Rules(string certificates) => AccessFileTests.Parse(
        $$"""
        { "principals": { "alice": {}, "ops": {} },
          "tokens": [{ "sha256": "{{Convert.ToHexString(TokenTable.HashOf("token-of-alice"))}}", "principal": "alice" }],
          "certificates": {{certificates}} }
        """);

    /// <summary>The principal's name, or why there is none.</summary>
    private string Who(string certificates, CallCredentials credentials, PeerTokens? peers = null)
    {
        var rules = Rules(certificates);
        var refusals = new CallRefusals(_clock, NullLogger<CallRefusals>.Instance);
        var identity = new CallerAuthentication(() => rules, peers, new Revocations(() => rules, _clock), refusals, _clock)
            .Authenticate(Method, credentials);
        Assert.Equal(identity.Caller is null, identity.Refusal is { Code: RpcCode.Unauthenticated });
        return identity.Caller?.Principal.Name ?? identity.Refusal!.Message;
    }
}
