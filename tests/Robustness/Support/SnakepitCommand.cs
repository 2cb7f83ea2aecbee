using System.Diagnostics;
using System.Text.Json;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>The executable `snakepit`, run to its end.</summary>
internal static class SnakepitCommand
{
    /// <summary>Runs a command that must succeed; answers with the object it prints.</summary>
    public static Task<JsonElement> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <inheritdoc cref="RunAsync(string[])"/>
    public static async Task<JsonElement> RunAsync(IReadOnlyList<(string Variable, string Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "snakepit.dll"), .. arguments, "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Within($"the end of snakepit {arguments[0]}");
        Assert.True(process.ExitCode == 0, $"snakepit {arguments[0]}: {await errors}");
        return JsonDocument.Parse(await output).RootElement;
    }
}
