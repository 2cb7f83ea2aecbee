namespace Snakepit.Serving.Settings;

/// <summary>How the text of a setting becomes its value, and back.</summary>
/// <param name="ValueName">What stands for the value in a help text, as `PORT`; null = a switch, which needs no value.</param>
/// <param name="Expect">Tells what a text must be, to end the sentence "'x' is not …". Few runs ask.</param>
/// <param name="TryParse">False where the text is something else.</param>
/// <param name="Format">The text people write for a value.</param>
public sealed record SettingKind<T>(
    string? ValueName, Func<string> Expect, TryParse<T> TryParse, Func<T, string> Format)
{
    /// <summary>What a text must be.</summary>
    public string Expectation => Expect();

    /// <summary>Every text that there is, where these can be listed: a shell offers them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

public delegate bool TryParse<T>(string text, out T value);
