using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Settings;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Serving;

/// <summary>The `appsettings.json` that is read without being named.</summary>
public sealed class CommonFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Common => _folder.File("appsettings.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_section_holds_settings_and_the_rest_belongs_to_others()
    {
        Write("""{"Logging": {"LogLevel": {"Default": "Warning"}}, "Snakepit": {"port": 7, "listen": ["::1"]}, "port": 8}""");
        var values = new Told().ByCommonFile(Common).Read();
        Assert.Equal(7, values.Of(ListenGroup.Port));
        Assert.Equal(SettingSource.File, values.SourceOf(ListenGroup.Port));
        Assert.Equal([new("::1", null)], values.Of(ListenGroup.Listen));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"port": 7}""")]
    [InlineData("""{"snakepit": {"port": 7}}""")]
    [InlineData("""{"Snakepit": "port"}""")]
    [InlineData("""{"Other": {"Snakepit": {"port": 7}}}""")]
    [InlineData("""[{"Snakepit": {"port": 7}}]""")]
    public void Without_the_section_it_says_nothing(string json)
    {
        Write(json);
        Assert.Equal(SettingSource.Default, new Told().ByCommonFile(Common).Read().SourceOf(ListenGroup.Port));
    }

    [Fact]
    public void It_need_not_be_there()
    {
        Assert.Equal(50051, new Told().ByCommonFile(Common).Read().Of(ListenGroup.Port));
    }

    [Fact]
    public void The_environment_and_the_command_line_win_over_it()
    {
        Write("""{"Snakepit": {"port": 7, "max-batch": 7, "max-variables": 7}}""");
        var values = new Told().ByCommonFile(Common)
            .ByVariable(ListenGroup.Port, "8").ByVariable(LimitGroup.MaxBatch, "8").By(LimitGroup.MaxBatch, "9").Read();
        Assert.Equal(8, values.Of(ListenGroup.Port));
        Assert.Equal(9, values.Of(LimitGroup.MaxBatch));
        Assert.Equal(7, values.Of(LimitGroup.MaxVariables));
    }

    [Fact]
    public void A_named_file_takes_its_place()
    {
        Write("""{"Snakepit": {"port": 7, "max-batch": 7}}""");
        var named = _folder.File("settings.json");
        File.WriteAllText(named, """{"max-batch": 8}""");
        var values = new Told().ByCommonFile(Common).ByFile(named).Read();
        Assert.Equal(8, values.Of(LimitGroup.MaxBatch));
        Assert.Equal(50051, values.Of(ListenGroup.Port));
    }

    [Fact]
    public void In_a_named_file_a_section_goes_before_the_root()
    {
        var named = _folder.File("settings.json");
        File.WriteAllText(named, """{"Snakepit": {"port": 7}, "max-batch": 8, "Kestrel": {}}""");
        var values = new Told().ByFile(named).Read();
        Assert.Equal(7, values.Of(ListenGroup.Port));
        Assert.Equal(SettingSource.Default, values.SourceOf(LimitGroup.MaxBatch));
    }

    [Fact]
    public void In_a_named_file_a_section_that_is_no_object_is_no_setting()
    {
        var named = _folder.File("settings.json");
        File.WriteAllText(named, """{"Snakepit": 7}""");
        Assert.Equal($"unknown setting 'Snakepit' in {named}", new Told().ByFile(named).Mistake());
    }

    [Theory]
    [InlineData("port = 7", "the configuration file {0} is not JSON: ")]
    [InlineData("""{"Snakepit": {"prot": 7}}""", "unknown setting 'prot' in {0}; did you mean 'port'?")]
    [InlineData("""{"Snakepit": {"config": "a"}}""", "unknown setting 'config' in {0}")]
    [InlineData("""{"Snakepit": {"port": "x"}}""", "port in {0}: 'x' is not a port, 0 to 65535")]
    public void What_is_wrong_with_it_is_one_line(string json, string beginning)
    {
        Write(json);
        var mistake = new Told().ByCommonFile(Common).Mistake();
        Assert.StartsWith(string.Format(null, beginning, Common), mistake, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake);
    }

    [Fact]
    public void A_setting_of_another_executable_is_passed_over()
    {
        Write("""{"Snakepit": {"port": 7, "database": {"not": "read"}}}""");
        Assert.Equal(7, new Told().ByCommonFile(Common).Read().Of(ListenGroup.Port));
        Write("""{"Snakepit": {"port": 7, "data": "folder", "memory": true, "database": "Host=a"}}""");
        var values = new Told([ListenGroup.Port, ClusterGroup.Database, ConfigGroup.Config]).ByCommonFile(Common).Read();
        Assert.Equal(7, values.Of(ListenGroup.Port));
        Assert.Equal("Host=a", values.Of(ClusterGroup.Database));
    }

    [Fact]
    public void Every_setting_of_the_sidecar_that_a_file_can_hold_is_known_to_the_others()
    {
        Assert.All(ServeSettings.All, setting => Assert.Equal(setting.IsInFile, KnownSettings.Has(setting.Name)));
    }

    private void Write(string json) => File.WriteAllText(Common, json);
}
