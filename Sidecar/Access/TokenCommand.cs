using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Access;

/// <summary>`snakepit token`: makes a token, and the line by which an access file knows it. Nothing is kept.</summary>
internal sealed class TokenCommand : DocumentedCommand
{
    private const int TokenBytes = 32;

    /// <summary>Less can be guessed from the file's hash.</summary>
    private const int ShortestToken = 32;

    private readonly Argument<string> _principal = new("PRINCIPAL") { Description = "whose token it is: a name of the access file" };
    private readonly Option<bool> _stdin = new("--stdin")
    {
        Description = "read the token from stdin rather than making one; then only the line is printed",
    };

    private readonly Option<bool> _json = new("--json") { Description = "print JSON: the token, if it was made, and the two facts of the line" };

    public TokenCommand()
        : base(
            "token",
            "Make a random token and print it, once; and the line for `tokens` in the access file, which has only the token's hash.",
            "snakepit token alice",
            "snakepit token alice --stdin < token.txt")
    {
        Arguments.Add(_principal);
        Options.Add(_stdin);
        Options.Add(_json);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        var given = parsed.GetValue(_stdin) ? await ReadAsync() : null;
        var token = given ?? $"snakepit_{Base64Url(RandomNumberGenerator.GetBytes(TokenBytes))}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var principal = parsed.GetRequiredValue(_principal);
        new Output(output, parsed.GetValue(_json)).Write(
            (given is null ? $"{token}{output.NewLine}" : "")
                + $$"""{ "sha256": "{{hash}}", "principal": "{{JsonEncodedText.Encode(principal)}}" }""",
            json =>
            {
                if (given is null)
                {
                    json.WriteString("token", token);
                }

                json.WriteString("sha256", hash);
                json.WriteString("principal", principal);
            });
        return (int)ExitCode.Done;
    }

    private static async Task<string> ReadAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        var token = (await input.ReadToEndAsync()).Trim();
        return token.Length >= ShortestToken && token.All(static letter => letter is > ' ' and <= '~')
            ? token
            : throw new MistakeException($"--stdin: a token has at least {ShortestToken} printable characters without a space");
    }

    private static string Base64Url(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
