using Microsoft.Extensions.Logging;

namespace Snakepit.Sidecar.Workers;

/// <summary>What a worker prints, on its way to the log.</summary>
internal sealed class WorkerOutput(string worker, int processId, OutputRate rate, ILogger logger)
{
    public void Line(string line)
    {
        if (rate.TryTake(out var leftOut))
        {
            TellLeftOut(leftOut);
            logger.WorkerPrinted(worker, processId, line);
        }
    }

    /// <summary>There are no more lines.</summary>
    public void End() => TellLeftOut(rate.TakeLeftOut());

    private void TellLeftOut(long lines)
    {
        if (lines > 0)
        {
            logger.WorkerLinesLeftOut(worker, processId, lines);
        }
    }
}
