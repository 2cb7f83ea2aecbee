namespace Snakepit.Tests.Interop;

/// <summary>The console in a real Chromium, against a server that the checks start, kill and start again.</summary>
public sealed class ConsoleTests
{
    public static Task<IReadOnlyCollection<TheoryDataRow<Check>>> Checks() =>
        CheckList.RunAloneAsync("console.mjs", () => Node.BrowserScriptAsync("console.mjs", Path.Combine(AppContext.BaseDirectory, "snakepit.dll")));

    [Theory]
    [MemberData(nameof(Checks), DisableDiscoveryEnumeration = true)]
    public void In_Chromium(Check check) => check.Verify();
}
