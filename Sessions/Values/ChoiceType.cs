namespace Snakepit.Sessions.Values;

/// <summary>One of a list of texts; without a list, any text.</summary>
internal sealed class ChoiceType() : TextType("choice", "choices")
{
    private protected override Refusal? Check(ReadOnlySpan<byte> text, Rules rules) =>
        CheckChoices(text, rules);
}
