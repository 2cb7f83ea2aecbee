using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Contract.Startup;

/// <summary>The built executable in a process of its own, with all it writes.</summary>
internal sealed class SidecarProgram : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private SidecarProgram(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether SIGINT is ignored by this process, and so by those that it starts. Seen on Linux only.</summary>
    public static bool IgnoresInterrupt
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return false;
            }

            const string Ignored = "SigIgn:";
            const int Interrupt = 2;
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Ignored, StringComparison.Ordinal));
            return (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
        }
    }

    public static SidecarProgram Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        StartIn("", environment, arguments);

    /// <param name="folder">Its working directory; empty = that of the tests.</param>
    /// <param name="environment">Variables, beside those of the tests.</param>
    /// <param name="arguments">Its command line.</param>
    public static SidecarProgram StartIn(
        string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "snakepit.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new SidecarProgram(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end, which must be a good one: what it wrote to stdout.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        await using var command = Start(null, arguments);
        var (status, output, errors) = await command.EndAsync();
        Assert.Equal((0, ""), (status, errors));
        return output;
    }

    /// <summary>The port of the ready line, which must be the first that comes, and exact.</summary>
    public async Task<int> ReadyAsync()
    {
        const string Mark = "GRPC_READY:";
        var expected = new char[Mark.Length];
        await _process.StandardOutput.ReadBlockAsync(expected).AsTask().WaitAsync(Patience);
        Assert.Equal(Mark, new string(expected));
        var port = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return int.Parse(port!, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Stops reading its stdout, as `head` does when it has enough.</summary>
    public void LeaveOutput() => _process.StandardOutput.Close();

    /// <summary>Waits for its end after <see cref="LeaveOutput"/>: the status and all of stderr.</summary>
    public async Task<(int Status, string Errors)> EndUnreadAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, await _errors);
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end: the status, what else it wrote to stdout, and all of stderr.</summary>
    public async Task<(int Status, string Output, string Errors)> EndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        var (status, errors) = await EndUnreadAsync();
        return (status, output, errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
