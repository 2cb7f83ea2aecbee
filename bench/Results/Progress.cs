using System.Diagnostics;
using System.Globalization;

namespace Snakepit.Bench;

/// <summary>How far a run has come, on stderr: a bar that stays in its line on a terminal, else a line a step.</summary>
internal sealed class Progress(int steps)
{
    private const string Clear = "\r\e[K";
    private const int Width = 20;

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _begun;

    public void Begin(string step)
    {
        var done = _begun++;
        if (!_isTerminal)
        {
            Console.Error.WriteLine(step);
            return;
        }

        var left = done == 0 ? "" : $", {Stopwatch.GetElapsedTime(_start) / done * (steps - done):h\\:mm\\:ss} left";
        Console.Error.Write(string.Create(
            CultureInfo.InvariantCulture, $"{Clear}[{new string('#', done * Width / steps),-Width}] {done}/{steps}{left}  {step}"));
    }

    public void End()
    {
        if (_isTerminal)
        {
            Console.Error.Write(Clear);
        }
    }
}
