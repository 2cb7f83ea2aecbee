namespace Snakepit.Tests.Unit.Support;

/// <summary>A place where the code under test stops until the test lets it go on.</summary>
public sealed class SyncPoint
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _continued = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The code under test has come here.</summary>
    public Task Reached => _reached.Task.WaitAsync(Deadline);

    public void Continue() => _continued.TrySetResult();

    /// <summary>Lets it go on with an exception.</summary>
    public void Fail(Exception failure) => _continued.TrySetException(failure);

    /// <summary>For the code under test: it is here now.</summary>
    public Task StopAsync()
    {
        _reached.TrySetResult();
        return _continued.Task;
    }
}
