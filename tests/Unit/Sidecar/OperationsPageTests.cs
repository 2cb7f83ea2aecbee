using System.CommandLine;
using System.Text.RegularExpressions;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Data;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Tests.Sidecar;

/// <summary>What docs/operations.md and README.md tell one to type exists: commands, options, variables, defaults, links.</summary>
public sealed partial class OperationsPageTests
{
    // What workers are started with, and what other programs take: dotnet, pg_dump, buf, protoc.
    private static readonly string[] Foreign =
    [
        "--elixir-address", "--snakepit-run-id", "--adapter", "--project", "--schema",
        "--http2-prior-knowledge", "--protocol", "--list-methods", "--plugin",
    ];

    // Of this product, but no options: what the scripts take.
    private static readonly string[] OfScripts = ["--install", "--only", "--rounds"];

    private static readonly Dictionary<string, Command> Commands = SidecarCommands.All
        .Append(new(ServeCommand.Command.Name, ServeCommand.Command.ToCommand))
        .ToDictionary(static named => named.Name, static named => named.Make(), StringComparer.Ordinal);

    private static readonly IReadOnlyList<Setting> Settings =
    [
        .. ServeSettings.All, .. ClientSettings.All, .. StoreSettings.All,
        .. ClusterGroup.All, .. ClusterTlsGroup.All, .. GatewayTlsGroup.All, .. SiloGroup.All, .. AccessGroup.OfGateways,
    ];

    public static TheoryData<string> Pages => ["docs/operations.md", "README.md"];

    public static TheoryData<string> AllPages =>
        [.. Directory.GetFiles(SourceTree.Full("docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}"), "README.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_names_a_command_and_options_that_it_takes(string page)
    {
        var lines = CommandPattern().Matches(Read(page)).ToList();
        Assert.True(lines.Count > 5, $"{page} has {lines.Count} command lines");
        Assert.All(lines, line =>
        {
            var (name, rest) = (line.Groups["name"].Value, line.Groups["rest"].Value);
            Assert.True(Commands.TryGetValue(name, out var command), $"there is no command {name}: {line.Value}");
            var taken = OptionsOf(command).ToHashSet();
            Assert.All(OptionPattern().Matches(rest.Split('#')[0]), option => Assert.True(
                taken.Contains(option.Value) || Foreign.Contains(option.Value), $"{name} takes no {option.Value}: {line.Value}"));
        });
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_option_and_variable_exists(string page)
    {
        var options = Commands.Values.SelectMany(OptionsOf).Concat(Settings.Select(setting => setting.Option)).Concat(Foreign).Concat(OfScripts).ToHashSet();
        Assert.All(OptionPattern().Matches(Read(page)), option => Assert.Contains(option.Value, options));
        var variables = Settings.Select(setting => setting.Variable).Append(Readiness.FileVariable).ToHashSet();
        Assert.All(VariablePattern().Matches(Read(page)), variable => Assert.Contains(variable.Value, variables));
    }

    [Theory]
    [InlineData("setting", 2)]
    [InlineData("setting", 1, "Workers of a sidecar")]
    public void Every_default_is_the_one_that_holds(string heading, int column, string? section = null)
    {
        var rows = OperationsPage.Rows(heading, section);
        Assert.True(rows.Count > 5);
        foreach (var cells in rows)
        {
            var named = OptionPattern().Matches(cells[0]).Select(option => Settings.First(setting => setting.Option == option.Value)).ToList();
            var defaults = cells[column].Replace("`", "", StringComparison.Ordinal).Split(", ");
            foreach (var (setting, said) in named.Zip(defaults))
            {
                var text = said.Replace(" min", "m", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
                Assert.Equal(setting.DefaultText ?? (setting.IsSwitch ? "no" : "none"), text.Length == 0 ? "none" : text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Every_link_leads_somewhere(string page)
    {
        Assert.All(LinkPattern().Matches(Read(page)).Select(link => link.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)), link =>
        {
            var (path, anchor) = link.Split('#') is [var before, var after] ? (before, after) : (link, "");
            var target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
            Assert.True(Path.Exists(SourceTree.Full(target)), $"{link} of {page}");
            if (anchor.Length > 0)
            {
                Assert.Contains(anchor, HeadingPattern().Matches(Read(target)).Select(heading => AnchorOf(heading.Groups[1].Value)));
            }
        });
    }

    private static string Read(string page) => File.ReadAllText(SourceTree.Full(page));

    private static IEnumerable<string> OptionsOf(Command command) =>
        command.Options.Select(option => option.Name).Concat(command.Subcommands.SelectMany(OptionsOf)).Append("--help");

    // As code hosts make them of headings.
    private static string AnchorOf(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-')).Replace(' ', '-');

    // What begins a line of a block or a piece of inline code, perhaps behind variables.
    [GeneratedRegex(@"(?:^(?:\$ )?|`|<\()(?:[A-Z_]+=\S+ )*(?:\./run|snakepit) (?<name>[a-z][a-z-]*)(?<rest>[^`\n]*)", RegexOptions.Multiline)]
    private static partial Regex CommandPattern();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9](?![\w-]|…|\.\w)")]
    private static partial Regex OptionPattern();

    [GeneratedRegex(@"\bSNAKEPIT_[A-Z_]+\b")]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingPattern();
}
