using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Tests.Sidecar;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Serving;

public sealed class SecretSettingTests
{
    private const string Secret = "Host=db;Password=hidden";

    private static readonly IReadOnlyList<Setting> Settings = [ListenGroup.Port, ClusterGroup.Database, ConfigGroup.Config];

    [Fact]
    public void The_environment_and_a_file_can_hold_it()
    {
        Assert.Equal("SNAKEPIT_DATABASE", ClusterGroup.Database.Variable);
        Assert.Equal(Secret, new Told(Settings).ByVariable(ClusterGroup.Database, Secret).Read().Of(ClusterGroup.Database));
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("settings.json"), $$"""{"database": "{{Secret}}"}""");
        Assert.Equal(Secret, new Told(Settings).ByFile(folder.File("settings.json")).Read().Of(ClusterGroup.Database));
    }

    [Theory]
    [InlineData("--database", Secret)]
    [InlineData("serve", "--database", Secret)]
    [InlineData("serve", "--database=" + Secret)]
    [InlineData("--database", Secret, "more", "--port", "1")]
    [InlineData("--database")]
    public async Task On_the_command_line_it_is_a_mistake_that_names_the_variable(params string[] arguments)
    {
        Assert.Equal(
            new Typed(
                1,
                "",
                "snakepit-silo: --database: a secret cannot stand on the command line, where other users see it; "
                    + "set the variable SNAKEPIT_DATABASE\n"),
            await Typed.RunAsync(Silo(), arguments));
    }

    [Fact]
    public async Task The_help_text_tells_its_variable_and_offers_no_option()
    {
        var help = (await Typed.RunAsync(Silo(), "serve", "--help")).Output;
        Assert.Contains("SNAKEPIT_DATABASE", help, StringComparison.Ordinal);
        Assert.DoesNotContain("--database", help, StringComparison.Ordinal);
        Assert.Contains("--port", help, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_shows_its_value()
    {
        var pin = new Setting<int>("pin", SettingKinds.Port, 4711, "a secret number") { IsSecret = true };
        Assert.Null(pin.DefaultText);
        Assert.Equal(
            "SNAKEPIT_PIN: the value is not a port, 0 to 65535",
            new Told([pin, ConfigGroup.Config]).ByVariable(pin, "hidden").Mistake());
    }

    private static CommandRunner Silo() => new(
        new ProgramText("snakepit-silo", "A program under test."),
        new ServerCommand("serve", "Serve.", Settings, _ => Task.FromResult(ExitCode.Done)),
        () => []);
}
