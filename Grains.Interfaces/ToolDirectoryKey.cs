namespace Snakepit.Grains;

/// <summary>A tenant as the key of its directory's grain: no key may be empty, as a tenant can be.</summary>
public static class ToolDirectoryKey
{
    public static string Of(string tenant) => $"tenant/{tenant}";
}
