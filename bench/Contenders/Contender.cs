namespace Snakepit.Bench;

/// <summary>What is measured, or measured against: how it is started, and how it is asked.</summary>
internal abstract class Contender(string name, Dialect dialect)
{
    public string Name { get; } = name;

    public Dialect Dialect { get; } = dialect;

    /// <summary>A server of its own, with nothing in it.</summary>
    public abstract Task<MeasuredServer> StartAsync();

    /// <summary>Null where it can run here, else what is missing.</summary>
    public virtual string? Missing => null;

    /// <summary>A folder on the disk the measured servers keep things on, and what removes it.</summary>
    public static (string Path, Func<ValueTask> Remove) NewFolder()
    {
        var path = Directory.CreateTempSubdirectory("snakepit-bench-").FullName;
        return (path, Remove);

        ValueTask Remove()
        {
            Directory.Delete(path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    protected static string? MissingProgram(string path, string package) =>
        File.Exists(path) ? null : $"{path} is missing (Debian: {package})";
}
