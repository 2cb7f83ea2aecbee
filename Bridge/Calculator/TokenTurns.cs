namespace Snakepit.Bridge.Calculator;

/// <summary>
/// Gives the callers that name one token their turns, one after the other; those of different tokens never
/// meet. Holds only the tokens somebody is using or waiting for.
/// </summary>
internal sealed class TokenTurns
{
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);

    /// <summary>Completes when it is the caller's turn, which lasts until the answer is disposed of.</summary>
    public async ValueTask<Turn> WaitAsync(string token, CancellationToken cancellation)
    {
        Line line = Join(token);
        try
        {
            await line.Free.WaitAsync(cancellation);
        }
        catch
        {
            Leave(token, line);
            throw;
        }

        return new Turn(this, token, line);
    }

    private Line Join(string token)
    {
        lock (_lines)
        {
            if (!_lines.TryGetValue(token, out Line? line))
            {
                _lines.Add(token, line = new Line());
            }

            line.Callers++;
            return line;
        }
    }

    private void Leave(string token, Line line)
    {
        lock (_lines)
        {
            if (--line.Callers == 0)
            {
                _lines.Remove(token);
                line.Free.Dispose();
            }
        }
    }

    /// <summary>The right to use a token. Dispose of it once.</summary>
    internal readonly struct Turn(TokenTurns turns, string token, Line line) : IDisposable
    {
        public void Dispose()
        {
            line.Free.Release();
            turns.Leave(token, line);
        }
    }

    internal sealed class Line
    {
        public SemaphoreSlim Free { get; } = new(1, 1);

        /// <summary>Those who have or await their turn. Guarded by the dictionary's lock.</summary>
        public int Callers { get; set; }
    }
}
