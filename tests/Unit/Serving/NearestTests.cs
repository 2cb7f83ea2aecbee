using Snakepit.Serving;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Tests.Serving;

public sealed class NearestTests
{
    private static readonly string[] Words = ["sessions", "session", "get", "set", "watch", "--max-value-bytes"];

    [Theory]
    [InlineData("sesions", "sessions")]
    [InlineData("sessoins", "sessions")]
    [InlineData("sessionss", "sessions")]
    [InlineData("wacth", "watch")]
    [InlineData("--max-vlaue-byte", "--max-value-bytes")]
    [InlineData("gte", "get")]
    [InlineData("gt", null)]
    [InlineData("", null)]
    [InlineData("wxyzh", null)]
    [InlineData("variables", null)]
    public void A_word_is_near_by_few_letters_for_its_length(string mistyped, string? nearest) =>
        Assert.Equal(nearest, Nearest.Of(mistyped, Words));

    [Fact]
    public void Variables_that_are_nearly_a_setting_are_told_and_others_are_another_programs()
    {
        IReadOnlyList<Setting> settings = [.. ListenGroup.All, .. SessionGroup.All];
        string[] variables =
        [
            "SNAKEPIT_TLL", "SNAKEPIT_PROT", "SNAKEPIT_PORT", "SNAKEPIT_TTL", "SNAKEPIT_TLS", "SNAKEPIT_TLS_CA", "SNAKEPIT_READY_FILE",
            "SNAKEPIT_DATA", "SNAKEPIT_SCRIPT_NAME", "SNAKEPIT_", "PROT", "snakepit_prot",
        ];
        Assert.Equal(
            [
                "the environment has SNAKEPIT_TLL, which is no setting; SNAKEPIT_TTL is one",
                "the environment has SNAKEPIT_PROT, which is no setting; SNAKEPIT_PORT is one",
            ],
            MistypedVariables.In(settings, variables));
    }
}
