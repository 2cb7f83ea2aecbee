using System.Text.RegularExpressions;
using Snakepit.GrpcGateway;
using Snakepit.Serving.Settings;
using Snakepit.Silo;

namespace Snakepit.Tests.Contract;

/// <summary>Whose a setting is in docs/operations.md, its it is.</summary>
public sealed partial class DocumentedSettingsTests
{
    [Fact]
    public void Each_setting_is_of_those_that_the_page_says()
    {
        var rows = OperationsPage.Rows("setting");
        Assert.True(rows.Count > 10);
        foreach (var cells in rows)
        {
            foreach (var name in NamePattern().Matches(cells[0]).Select(match => match.Value))
            {
                Assert.Equal((name, cells[1] is "both" or "silo", cells[1] is "both" or "gateway"), (name, Has(SiloSettings.All, name), Has(GatewaySettings.All, name)));
            }
        }
    }

    private static bool Has(IReadOnlyList<Setting> settings, string name) =>
        settings.Any(setting => name.EndsWith('…')
            ? setting.Option.StartsWith(name[..^1], StringComparison.Ordinal)
            : name == (setting.IsSecret ? setting.Variable : setting.Option));

    [GeneratedRegex("(--[a-z-]+[a-z…]|SNAKEPIT_[A-Z_]+)")]
    private static partial Regex NamePattern();
}
