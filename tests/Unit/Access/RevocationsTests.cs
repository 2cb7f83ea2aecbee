using Snakepit.Protocol.Rpc;
using Snakepit.Serving.Access;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Access;

public sealed class RevocationsTests
{
    private const string Read = """{ "grants": [{ "sessions": "*", "rights": "read" }] }""";

    private readonly ManualClock _clock = new();
    private readonly Revocations _revocations;
    private readonly List<RpcStatus> _ended = [];
    private AccessRules _rules = Rules(Read);

    public RevocationsTests() => _revocations = new Revocations(() => _rules, _clock);

    [Fact]
    public void A_call_whose_credentials_hold_goes_on_though_the_file_is_read_again()
    {
        Add();
        _rules = Rules(Read);
        _revocations.Sweep();
        Assert.Empty(_ended);
        Assert.Equal(1, _revocations.Count);
    }

    [Theory]
    [InlineData("""{ "grants": [{ "sessions": "*", "rights": "write" }] }""")]
    [InlineData("""{ "tenant": "other", "grants": [{ "sessions": "*", "rights": "read" }] }""")]
    [InlineData("{}")]
    public void A_call_ends_when_its_principal_is_another(string principal)
    {
        Add();
        _rules = Rules(principal);
        _revocations.Sweep();
        Assert.Equal(RpcCode.Unauthenticated, Assert.Single(_ended).Code);
        Assert.Equal(0, _revocations.Count);
    }

    [Fact]
    public void A_call_ends_when_what_was_shown_expires_also_by_what_the_file_says_later()
    {
        Add();
        _rules = Rules(Read, _clock.GetUtcNow().AddMinutes(1));
        _revocations.Sweep();
        Assert.Empty(_ended);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _revocations.Sweep();
        Assert.Equal("the caller's credentials have expired", Assert.Single(_ended).Message);
    }

    [Fact]
    public void A_call_that_comes_while_the_file_changes_ends_at_once()
    {
        var caller = Caller();
        _rules = Rules("{}");
        caller.Revocations = _revocations;
        caller.WhenRevoked(_ended.Add);
        Assert.Single(_ended);
    }

    [Fact]
    public void A_call_that_has_ended_is_forgotten()
    {
        Add().Dispose();
        _rules = Rules("{}");
        _revocations.Sweep();
        Assert.Empty(_ended);
        Assert.Equal(0, _revocations.Count);
    }

    private static AccessRules Rules(string principal, DateTimeOffset? expiresAt = null)
    {
        var expiry = expiresAt is { } at ? $$""", "expires_at": "{{at:O}}" """ : "";
        var hash = Convert.ToHexString(TokenTable.HashOf("token"));
        return AccessFileTests.Parse(
            $$"""{ "principals": { "alice": {{principal}} }, "tokens": [{ "sha256": "{{hash}}", "principal": "alice"{{expiry}} }] }""");
    }

    private TokenCaller Caller() => _rules.Tokens.Find(TokenTable.HashOf("token"))!;

    private IDisposable Add()
    {
        var caller = Caller();
        caller.Revocations = _revocations;
        return caller.WhenRevoked(_ended.Add)!;
    }
}
