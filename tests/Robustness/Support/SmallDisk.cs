using System.Diagnostics;

namespace Snakepit.Tests.Robustness.Support;

/// <summary>A file system of its own with little room, in memory. Only root can mount one; elsewhere the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int MebiBytes = 64;

    private SmallDisk(string path)
    {
        Path = path;
    }

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public static SmallDisk MountOrSkip(string path)
    {
        Directory.CreateDirectory(path);
        var (status, error) = Run("mount", "-t", "tmpfs", "-o", $"size={MebiBytes}m", "snakepit-test", path);
        Assert.SkipUnless(status == 0, $"no file system can be mounted here: {error}");
        return new SmallDisk(path);
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var piece = new byte[64 * 1024]; piece.Length > 0;)
        {
            try
            {
                filler.Write(piece);
            }
            catch (IOException)
            {
                piece = new byte[piece.Length / 2];
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: what still uses it, if a test has failed, must not keep it mounted.
        var (status, error) = Run("umount", "-l", Path);
        Assert.True(status == 0, error);
    }

    private static (int Status, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd().Split('\n')[0];
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
