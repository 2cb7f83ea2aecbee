namespace Snakepit.Serving.Admin;

/// <summary>A short answer in plain text.</summary>
internal sealed record AdminAnswer(int Status, string Text)
{
    /// <summary>How its text is to be read.</summary>
    public string ContentType { get; init; } = "text/plain; charset=utf-8";

    /// <summary>Nothing is left to do: the answer is on its way.</summary>
    public static AdminAnswer Sent { get; } = new(0, "");
}
