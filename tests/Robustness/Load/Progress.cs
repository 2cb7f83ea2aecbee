namespace Snakepit.Tests.Robustness.Load;

/// <summary>Counts what many clients get done, and tells when it is enough. Any thread.</summary>
internal sealed class Progress
{
    private readonly Lock _gate = new();
    private readonly List<(long Count, TaskCompletionSource Reached)> _awaited = [];
    private long _count;

    public void Note()
    {
        lock (_gate)
        {
            _count++;
            foreach (var (_, reached) in _awaited.Where(awaited => awaited.Count <= _count))
            {
                reached.SetResult();
            }

            _awaited.RemoveAll(awaited => awaited.Count <= _count);
        }
    }

    /// <summary>Ends when that many more were noted. Positive.</summary>
    public Task MoreAsync(int more)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((_count + more, reached));
            return reached.Task;
        }
    }
}
