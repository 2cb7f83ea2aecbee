using Microsoft.Extensions.Logging;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Logging;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Settings;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Serving;

public sealed class SettingValuesTests
{
    /// <summary>A setting of each kind, and a text for the file, the environment and the command line.</summary>
    public static TheoryData<string, string, string, string> Kinds => new()
    {
        { "port", "1", "2", "3" },
        { "listen", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3" },
        { "data", "a", "b", "c" },
        { "ttl", "1s", "2s", "3s" },
        { "heartbeat", "1m", "2m", "3m" },
        { "max-batch", "1", "2", "3" },
        { "max-sessions", "1", "2", "3" },
        { "max-value-bytes", "1KiB", "2KiB", "3KiB" },
        { "log-level", "trace", "debug", "error" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file(
        string name, string file, string environment, string commandLine)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("settings.json");
        File.WriteAllText(path, $$"""{"{{name}}": "{{file}}"}""");
        var setting = ServeSettings.All.Single(setting => setting.Name == name);

        Expect(SettingSource.Default, setting.DefaultText!, new Told());
        Expect(SettingSource.File, file, new Told().ByFile(path));
        Expect(SettingSource.Environment, environment, new Told().ByFile(path).ByVariable(setting, environment));
        Expect(
            SettingSource.CommandLine,
            commandLine,
            new Told().ByFile(path).ByVariable(setting, environment).By(setting, commandLine));
        Expect(SettingSource.CommandLine, commandLine, new Told().ByFile(path).By(setting, commandLine));

        void Expect(SettingSource source, string text, Told told)
        {
            var values = told.Read();
            Assert.Equal(source, values.SourceOf(setting));
            Assert.Equal(text, TextOf(setting, values));
        }
    }

    [Fact]
    public void A_switch_can_be_turned_off_by_a_stronger_source()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("settings.json");
        File.WriteAllText(path, """{"memory": true, "insecure": true}""");
        var values = new Told().ByFile(path).ByVariable(ServeSettings.Memory, "false").By(ListenGroup.Insecure, "true").Read();
        Assert.False(values.Of(ServeSettings.Memory));
        Assert.Equal(SettingSource.CommandLine, values.SourceOf(ListenGroup.Insecure));
    }

    [Fact]
    public void An_empty_variable_says_nothing()
    {
        var values = new Told().ByVariable(ListenGroup.Port, "").Read();
        Assert.Equal(50051, values.Of(ListenGroup.Port));
        Assert.Equal(SettingSource.Default, values.SourceOf(ListenGroup.Port));
    }

    [Fact]
    public void The_environment_can_name_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("settings.json");
        File.WriteAllText(path, """{"port": 7}""");
        Assert.Equal(7, new Told().ByVariable(ConfigGroup.Config, path).Read().Of(ListenGroup.Port));
    }

    [Fact]
    public void Variables_are_named_after_the_options()
    {
        Assert.Equal("SNAKEPIT_MAX_VALUE_BYTES", LimitGroup.MaxValueBytes.Variable);
        Assert.Equal("--max-value-bytes", LimitGroup.MaxValueBytes.Option);
        Assert.Equal(ServeSettings.All.Count, ServeSettings.All.Select(setting => setting.Variable).Distinct().Count());
    }

    [Theory]
    [InlineData("port", "x", "'x' is not a port, 0 to 65535")]
    [InlineData("port", "65536", "'65536' is not a port, 0 to 65535")]
    [InlineData("port", "-1", "'-1' is not a port, 0 to 65535")]
    [InlineData("port", "", "'' is not a port, 0 to 65535")]
    [InlineData("max-batch", "0", "'0' is not a whole number, 1 to 2147483647")]
    [InlineData("max-batch", "2147483648", "'2147483648' is not a whole number, 1 to 2147483647")]
    [InlineData("max-batch", "1.0", "'1.0' is not a whole number, 1 to 2147483647")]
    [InlineData("max-sessions", "9223372036854775808", "'9223372036854775808' is not a whole number, 1 to 9223372036854775807")]
    [InlineData("max-sessions", "0", "'0' is not a whole number, 1 to 9223372036854775807")]
    [InlineData("ttl", "soon", "'soon' is not a duration such as 500ms, 30s, 5m, 1h, 2d or a number of seconds, 1ms to 3650d")]
    [InlineData("heartbeat", "31d", "'31d' is not a duration such as 500ms, 30s, 5m, 1h, 2d or a number of seconds, 1ms to 30d")]
    [InlineData("max-value-bytes", "16MB", "'16MB' is not a size such as 16MiB, 64KiB or a number of bytes, 1 to 2147483591")]
    [InlineData("listen", "a b", "'a b' is not a host name or an IP address, with or without a port")]
    [InlineData("listen", "localhost,8080", "'localhost,8080' is not a host name or an IP address, with or without a port")]
    [InlineData("data", "", "'' is not a path")]
    [InlineData("insecure", "yes", "'yes' is not true or false")]
    [InlineData("log-format", "xml", "'xml' is not one of text, json")]
    [InlineData("log-level", "INFO", "'INFO' is not one of trace, debug, info, warning, error, none")]
    public void A_wrong_text_is_told_with_the_place_where_it_stands(string name, string text, string error)
    {
        var setting = ServeSettings.All.Single(setting => setting.Name == name);
        Assert.Equal($"--{name}: {error}", new Told().By(setting, text).Mistake());
        if (text is not "")
        {
            Assert.Equal($"{setting.Variable}: {error}", new Told().ByVariable(setting, text).Mistake());
        }

        using var folder = new TemporaryFolder();
        var path = folder.File("settings.json");
        File.WriteAllText(path, $$"""{"{{name}}": "{{text}}"}""");
        Assert.Equal($"{name} in {path}: {error}", new Told().ByFile(path).Mistake());
    }

    [Fact]
    public void A_wrong_text_is_a_mistake_even_where_a_stronger_source_covers_it()
    {
        Assert.Equal(
            "SNAKEPIT_PORT: 'x' is not a port, 0 to 65535",
            new Told().By(ListenGroup.Port, "1").ByVariable(ListenGroup.Port, "x").Mistake());
    }

    [Fact]
    public void A_mistake_is_no_success()
    {
        Assert.Equal(ExitCode.Mistake, Assert.Throws<MistakeException>(new Told().By(ListenGroup.Port, "x").Read).ExitCode);
    }

    private static string TextOf(Setting setting, SettingValues values) => setting switch
    {
        Setting<int> number when number.ValueName is "SIZE" => ByteSize.Format(values.Of(number)),
        Setting<int> number => $"{values.Of(number)}",
        Setting<long> number => $"{values.Of(number)}",
        Setting<string> text => values.Of(text),
        Setting<TimeSpan> time => DurationText.Format(values.Of(time)),
        Setting<IReadOnlyList<ListenAddress>> addresses => string.Join(',', values.Of(addresses)),
        Setting<LogFormat> format => $"{values.Of(format)}",
        Setting<LogLevel> level => values.Of(level) is LogLevel.Information ? "info" : $"{values.Of(level)}".ToLowerInvariant(),
        _ => throw new ArgumentException(setting.Name),
    };
}
