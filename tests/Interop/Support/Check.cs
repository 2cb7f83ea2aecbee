using Xunit.Sdk;

namespace Snakepit.Tests.Interop;

/// <summary>One thing a foreign program has checked.</summary>
/// <param name="Name">The program's own name for it.</param>
/// <param name="Failure">Why it failed; null = it holds.</param>
public sealed record Check(string Name, string? Failure)
{
    private const string Passed = "ok ";
    private const string Failed = "FAIL ";

    /// <summary>Reads `ok NAME` or `FAIL NAME: why`; null = the line is neither.</summary>
    public static Check? Parse(string line)
    {
        if (line.StartsWith(Passed, StringComparison.Ordinal))
        {
            return new Check(line[Passed.Length..], null);
        }

        if (!line.StartsWith(Failed, StringComparison.Ordinal))
        {
            return null;
        }

        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0
            ? new Check(line[Failed.Length..], "it does not say why")
            : new Check(line[Failed.Length..colon], line[(colon + 2)..]);
    }

    public void Verify()
    {
        if (Failure is not null)
        {
            throw new XunitException($"{Name}: {Failure}");
        }
    }

    /// <summary>What a test result shows of it.</summary>
    public override string ToString() => Name;
}
