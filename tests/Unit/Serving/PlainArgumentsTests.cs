using System.CommandLine;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Tests.Serving;

public sealed class PlainArgumentsTests
{
    /// <summary>An argument list that both readers take must mean the same to both.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("--memory")]
    [InlineData("--port 0 --memory --listen 127.0.0.1,localhost:3000")]
    [InlineData("--data a=b --ttl 5m --log-format json --insecure --max-batch 7")]
    public void Plain_arguments_mean_what_the_full_parser_reads(string line)
    {
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var plain = PlainArguments.Read(ServeSettings.All, arguments);
        Assert.NotNull(plain);

        var options = new SettingOptions(ServeSettings.All);
        var command = new Command("serve");
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        Assert.All(ServeSettings.All, setting => Assert.Equal(options.TextOf(setting, parsed), plain.GetValueOrDefault(setting)));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--port")]
    [InlineData("--port=3")]
    [InlineData("--port 1 --port 2")]
    [InlineData("--port --memory")]
    [InlineData("--memory true")]
    [InlineData("--listen localhost --listen ::1")]
    [InlineData("--data -x")]
    [InlineData("--prot 3")]
    [InlineData("serve")]
    [InlineData("--data x -- y")]
    public void What_is_not_plain_is_left_to_the_full_parser(string line) =>
        Assert.Null(PlainArguments.Read(ServeSettings.All, line.Split(' ')));

    [Fact]
    public void An_empty_value_is_left_to_the_full_parser() =>
        Assert.Null(PlainArguments.Read(ServeSettings.All, ["--data", ""]));
}
