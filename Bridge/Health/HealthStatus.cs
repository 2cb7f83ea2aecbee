namespace Snakepit.Bridge.Health;

/// <summary>
/// Whether this process serves, as the health service tells it. The host sets it; every service of the
/// process shares it. Safe from any thread.
/// </summary>
public sealed class HealthStatus
{
    private readonly Lock _lock = new();
    private volatile HealthMoment _current = new(isServing: false, isLast: false);

    /// <summary>What holds now, with the means to await what comes after.</summary>
    internal HealthMoment Current => _current;

    /// <summary>Says whether calls are served. No effect after <see cref="Drain"/>. At first they are not.</summary>
    public void Set(bool isServing) => MoveTo(new HealthMoment(isServing, isLast: false));

    /// <summary>Not serving, for good: those who watch are told, and their calls end.</summary>
    public void Drain() => MoveTo(new HealthMoment(isServing: false, isLast: true));

    private void MoveTo(HealthMoment next)
    {
        HealthMoment before;
        lock (_lock)
        {
            before = _current;
            if (before.IsLast)
            {
                return;
            }

            _current = next;
        }

        before.Pass();
    }
}
