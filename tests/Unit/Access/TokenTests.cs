using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Snakepit.Serving.Access;
using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Access;
using Snakepit.Tests.Sidecar;

namespace Snakepit.Tests.Unit.Access;

public sealed class TokenTests
{
    [Fact]
    public async Task A_token_is_random_and_its_line_has_the_hash_that_the_file_needs()
    {
        var (first, second) = (await MakeAsync(), await MakeAsync());
        Assert.NotEqual(first[0], second[0]);
        Assert.Matches("^snakepit_[A-Za-z0-9_-]{43}$", first[0]);
        Assert.DoesNotContain(first[0], first[1], StringComparison.Ordinal);
        var line = JsonDocument.Parse(first[1]).RootElement;
        Assert.Equal("al\"ice", line.GetProperty("principal").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(first[0]))), line.GetProperty("sha256").GetString());

        var rules = AccessFileTests.Parse($$"""{ "principals": { "al\"ice": {} }, "tokens": [{{first[1]}}] }""");
        Assert.Equal("al\"ice", rules.Tokens.Find(TokenTable.HashOf(first[0]))!.Principal.Name);
        Assert.Null(rules.Tokens.Find(TokenTable.HashOf(second[0])));
    }

    [Fact]
    public void Tokens_whose_hashes_begin_alike_are_told_apart()
    {
        var (one, other) = (new string('a', 64), new string('a', 32) + new string('b', 32));
        var rules = AccessFileTests.Parse($$"""
            { "principals": { "one": {}, "other": {} },
              "tokens": [{ "sha256": "{{one}}", "principal": "one" }, { "sha256": "{{other}}", "principal": "other" }] }
            """);
        Assert.Equal("one", rules.Tokens.Find(Convert.FromHexString(one))!.Principal.Name);
        Assert.Equal("other", rules.Tokens.Find(Convert.FromHexString(other))!.Principal.Name);
        Assert.Null(rules.Tokens.Find(Convert.FromHexString(new string('a', 33) + new string('b', 31))));
    }

    [Fact]
    public async Task For_programs_it_is_one_object()
    {
        using var json = JsonDocument.Parse(Assert.Single(await MakeAsync("--json")));
        var token = json.RootElement.GetProperty("token").GetString()!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))), json.RootElement.GetProperty("sha256").GetString());
        Assert.Equal("al\"ice", json.RootElement.GetProperty("principal").GetString());
    }

    private static async Task<string[]> MakeAsync(params string[] options)
    {
        var runner = new CommandRunner(new ProgramText("snakepit", ""), null, () => [new("token", () => new TokenCommand())]);
        var typed = await Typed.RunAsync(runner, ["token", "al\"ice", .. options]);
        Assert.Equal((0, ""), (typed.ExitCode, typed.Error));
        return typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
