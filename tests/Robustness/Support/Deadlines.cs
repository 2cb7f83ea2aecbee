namespace Snakepit.Tests.Robustness.Support;

/// <summary>Waiting for what must happen, and never for longer than a machine under load can need.</summary>
internal static class Deadlines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    public static async Task Within(this Task task, string awaited)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{awaited} did not happen within {Patience.TotalSeconds:0} s");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string awaited)
    {
        await ((Task)task).Within(awaited);
        return await task;
    }

    /// <summary>
    /// Looks again and again until it is so: for states of the server that no event tells of. Answers with
    /// what was seen then.
    /// </summary>
    public static async Task<T> UntilAsync<T>(string awaited, Func<Task<T>> look, Func<T, bool> isSo)
    {
        using var over = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
            {
                return seen;
            }

            if (over.IsCancellationRequested)
            {
                Assert.Fail($"{awaited} did not happen within {Patience.TotalSeconds:0} s; last seen: {seen}");
            }

            await Task.Delay(BetweenLooks, CancellationToken.None);
        }
    }
}
