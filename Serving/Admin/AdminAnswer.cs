namespace Snakepit.Serving.Admin;

/// <summary>A short answer in plain text.</summary>
internal sealed record AdminAnswer(int Status, string Text)
{
    /// <summary>Nothing is left to do: the answer is on its way.</summary>
    public static AdminAnswer Sent { get; } = new(0, "");
}
