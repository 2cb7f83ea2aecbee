namespace Snakepit.Serving.Doctor;

/// <summary>How a check came out.</summary>
public enum Verdict
{
    Good,

    /// <summary>It works, and will not for long, or not well.</summary>
    Doubtful,

    /// <summary>A server would not start, or not do what it is told.</summary>
    Bad,
}

/// <summary>What one check found.</summary>
/// <param name="Subject">What was looked at: a word or two.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Text">What was seen.</param>
/// <param name="Advice">What to do; empty where there is nothing to do.</param>
public sealed record Finding(string Subject, Verdict Verdict, string Text, string Advice = "")
{
    public static Finding Good(string subject, string text) => new(subject, Verdict.Good, text);

    public static Finding Doubtful(string subject, string text, string advice) => new(subject, Verdict.Doubtful, text, advice);

    public static Finding Bad(string subject, string text, string advice) => new(subject, Verdict.Bad, text, advice);
}
