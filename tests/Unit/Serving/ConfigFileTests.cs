using System.Text;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Settings;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Serving;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("settings.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_numbers_booleans_and_lists_are_understood()
    {
        var values = Read("""
            // What the test bench uses.
            {
                "port": 7,
                "listen": ["localhost", "[::1]:3000"],
                "memory": true,
                "ttl": "10m",
                "heartbeat": 2.5, /* seconds */
                "max-value-bytes": "1MiB",
            }
            """);
        Assert.Equal(7, values.Of(ListenGroup.Port));
        Assert.Equal([new("localhost", null), new("::1", 3000)], values.Of(ListenGroup.Listen));
        Assert.True(values.Of(ServeSettings.Memory));
        Assert.Equal(TimeSpan.FromMinutes(10), values.Of(SessionGroup.Ttl));
        Assert.Equal(TimeSpan.FromSeconds(2.5), values.Of(WatchGroup.Heartbeat));
        Assert.Equal(1 << 20, values.Of(LimitGroup.MaxValueBytes));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_it()
    {
        File.WriteAllText(Path, """{"port": 7}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(7, new Told().ByFile(Path).Read().Of(ListenGroup.Port));
    }

    [Theory]
    [InlineData("""{"prot": 1}""", "prot", "; did you mean 'port'?")]
    [InlineData("""{"Port": 1}""", "Port", "; did you mean 'port'?")]
    [InlineData("""{"--port": 1}""", "--port", "; did you mean 'port'?")]
    [InlineData("""{"max_batch": 1}""", "max_batch", "; did you mean 'max-batch'?")]
    [InlineData("""{"config": "other.json"}""", "config")]
    [InlineData("""{"server": "localhost:1"}""", "server")]
    [InlineData("""{"": 1}""", "")]
    public void A_key_that_names_no_setting_is_a_mistake(string json, string key, string meant = "")
    {
        Assert.Equal($"unknown setting '{key}' in {Path}{meant}", Mistake(json));
    }

    [Theory]
    [InlineData("""{"port": null}""", "port", "one text, number or boolean")]
    [InlineData("""{"port": [1]}""", "port", "one text, number or boolean")]
    [InlineData("""{"ttl": {"seconds": 1}}""", "ttl", "one text, number or boolean")]
    [InlineData("""{"listen": {}}""", "listen", "a text or a list of texts")]
    [InlineData("""{"listen": null}""", "listen", "a text or a list of texts")]
    [InlineData("""{"listen": ["localhost", null]}""", "listen", "a text or a list of texts")]
    [InlineData("""{"listen": [["localhost"]]}""", "listen", "a text or a list of texts")]
    public void A_value_of_the_wrong_type_is_a_mistake(string json, string name, string expected)
    {
        Assert.Equal($"{name} in {Path} must be {expected}", Mistake(json));
    }

    [Theory]
    [InlineData("""{"port": true}""", "port in {0}: 'true' is not a port, 0 to 65535")]
    [InlineData("""{"port": 1e3}""", "port in {0}: '1e3' is not a port, 0 to 65535")]
    [InlineData("""{"memory": 2}""", "memory in {0}: '2' is not true or false")]
    [InlineData("""{"listen": []}""", "listen in {0}: '' is not a host name or an IP address, with or without a port")]
    [InlineData("""{"log-level": 1}""", "log-level in {0}: '1' is not one of trace, debug, info, warning, error, none")]
    public void A_value_without_meaning_is_a_mistake(string json, string message)
    {
        Assert.Equal(string.Format(null, message, Path), Mistake(json));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"port\"")]
    [InlineData("null")]
    [InlineData("7")]
    public void Anything_but_an_object_is_a_mistake(string json)
    {
        Assert.Equal($"the configuration file {Path} must hold one JSON object", Mistake(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("port = 7")]
    [InlineData("""{"port": 7""")]
    [InlineData("""{"port": 7} {"port": 8}""")]
    [InlineData("""{"port": 7, "port": 8}""")]
    [InlineData("""{"data": "\ud800"}""")]
    [InlineData("""{"\ud800": 1}""")]
    public void What_is_no_json_is_a_mistake_of_one_line(string json)
    {
        var mistake = Mistake(json);
        Assert.StartsWith($"the configuration file {Path} is not JSON: ", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake);
    }

    [Fact]
    public void A_missing_file_is_a_mistake()
    {
        Assert.Equal(
            $"the configuration file cannot be read: Could not find file '{Path}'.", new Told().ByFile(Path).Mistake());
    }

    [Fact]
    public void A_folder_is_a_mistake()
    {
        Assert.Equal(
            $"the configuration file cannot be read: Access to the path '{_folder.Path}' is denied.",
            new Told().ByFile(_folder.Path).Mistake());
    }

    private SettingValues Read(string json)
    {
        File.WriteAllText(Path, json);
        return new Told().ByFile(Path).Read();
    }

    private string Mistake(string json)
    {
        File.WriteAllText(Path, json);
        return new Told().ByFile(Path).Mistake();
    }
}
