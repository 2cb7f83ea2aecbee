using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Tests.Interop;

/// <summary>Processes of this machine, by their numbers.</summary>
internal static class Processes
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether it runs. One that has ended but that nobody has asked after yet does not.</summary>
    public static bool Lives(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[text.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static async Task SignalAsync(int id, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what, int seconds = 60)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!condition())
        {
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException($"not within {seconds} s: {what}");
            }

            await Task.Delay(Pause);
        }
    }
}
