using System.Diagnostics;
using System.Text;

namespace Snakepit.Tests.Interop;

/// <summary>A program of another language and how to start it.</summary>
internal sealed record ForeignProgram(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>How long a program may take, installation of packages included.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Null = the tests' own.</summary>
    public string? Folder { get; init; }

    /// <summary>Runs it to its end. A program that does not end in time is killed, and the test fails with what it printed.</summary>
    /// <param name="more">Arguments that follow its own.</param>
    public Task<Ended> RunAsync(params string[] more) => RunAsync(_ => { }, more);

    /// <summary>The same, for who waits for a line: <paramref name="onLine"/> is told of each on stdout as it comes.</summary>
    public async Task<Ended> RunAsync(Action<string> onLine, params string[] more)
    {
        var start = new ProcessStartInfo(File, [.. Arguments, .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Folder,
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var late = new CancellationTokenSource(Patience);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(late.Token) is { } line)
            {
                output.Add(line);
                onLine(line);
            }

            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{this} did not end within {Patience}; it printed:\n{string.Join('\n', output)}\n{await error}");
        }

        return new Ended(process.ExitCode, output, await error);
    }

    public override string ToString() => $"{File} {string.Join(' ', Arguments)}";

    /// <summary>What a program left behind.</summary>
    internal sealed record Ended(int ExitCode, IReadOnlyList<string> Output, string Error)
    {
        public string Text => string.Join('\n', Output);
    }
}
