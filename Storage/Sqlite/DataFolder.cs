namespace Snakepit.Storage.Sqlite;

/// <summary>
/// A data folder in the exclusive use of this process. The lock is the operating system's, on an open file:
/// it ends with the process, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    public const string LockName = "lock";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <summary>Creates the folder if need be (readable by its owner only) and takes it.</summary>
    /// <exception cref="StoreException">In use by another process, or not to be created, read or written.</exception>
    public static DataFolder Take(string path)
    {
        try
        {
            path = System.IO.Path.GetFullPath(path);
            CreateFolder(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StoreException($"Cannot create the data folder {path}: {error.Message}", outcomeUnknown: false, error);
        }

        var file = LockFile(path);
        try
        {
            return new DataFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StoreException($"Cannot use the data folder {path}: {error.Message}", outcomeUnknown: false, error);
        }
        catch (IOException error) when (IsLocked(error))
        {
            throw new StoreException($"The data folder {path} is in use by another process; end that first.", outcomeUnknown: false, error);
        }
        catch (IOException error)
        {
            throw new StoreException($"Cannot use the data folder {path}: {error.Message}", outcomeUnknown: false, error);
        }
    }

    /// <summary>Whether a process uses the folder now; null = it is not for this user to know.</summary>
    public static bool? IsInUse(string path)
    {
        try
        {
            using var taken = new FileStream(LockFile(path), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException error)
        {
            return IsLocked(error);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static string LockFile(string path) => System.IO.Path.Combine(path, LockName);

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // The runtime answers a lock that is held with EWOULDBLOCK (11 on Linux, 35 on macOS), Windows with a
    // sharing violation.
    private static bool IsLocked(IOException error) => (error.HResult & 0xFFFF) is 11 or 35 or 32;
}
