using FsCheck;
using FsCheck.Fluent;
using Snakepit.Protocol;

namespace Snakepit.Tests.Values;

public sealed class WildcardProperties
{
    [Fact]
    public void A_wildcard_matches_what_a_naive_matcher_matches()
    {
        var pattern = Gen.ListOf(Gen.Elements('a', 'b', '*', '*', '.')).Select(letters => string.Concat(letters.Take(10)));
        var name = Gen.ListOf(Gen.Elements('a', 'b', '.')).Select(letters => string.Concat(letters.Take(12)));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000),
            Prop.ForAll(pattern.ToArbitrary(), name.ToArbitrary(), (given, text) => new Wildcard(given).Matches(text) == Naive(given, text)));
    }

    private static bool Naive(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        return pattern[0] == '*'
            ? Naive(pattern[1..], text) || (!text.IsEmpty && Naive(pattern, text[1..]))
            : !text.IsEmpty && text[0] == pattern[0] && Naive(pattern[1..], text[1..]);
    }
}
