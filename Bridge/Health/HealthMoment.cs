namespace Snakepit.Bridge.Health;

/// <summary>What holds from one setting of the status to the next.</summary>
internal sealed class HealthMoment(bool isServing, bool isLast)
{
    // Setting the status must not run the watchers' code.
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsServing { get; } = isServing;

    /// <summary>Nothing comes after it.</summary>
    public bool IsLast { get; } = isLast;

    /// <summary>Completes once another moment has become the current one.</summary>
    public Task Passed => _passed.Task;

    public void Pass() => _passed.SetResult();
}
