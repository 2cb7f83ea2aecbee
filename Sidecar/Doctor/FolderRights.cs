using System.Runtime.InteropServices;
using Snakepit.Serving.Doctor;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Sidecar.Doctor;

/// <summary>
/// Whether this user may do with a data folder what a server must: look into it, and read and write what is in it. What may
/// not be looked at looks as if it were not there, and what may not be written as if it were damaged.
/// </summary>
/// <param name="access">access(2) of a path and a mode, by its error; 0 = it may be done. For tests.</param>
internal sealed class FolderRights(Func<string, int, int> access)
{
    private const string Subject = "store";
    private const int Execute = 1;
    private const int Write = 2;
    private const int Read = 4;
    private const int Denied = 13; // EACCES
    private const int NotPermitted = 1; // EPERM
    private const int ReadOnly = 30; // EROFS

    public FolderRights()
        : this(OperatingSystem.IsWindows() ? static (_, _) => 0 : Ask)
    {
    }

    /// <summary>The right that is missing; null = none that is known of.</summary>
    /// <param name="folder">Its full path. Need not exist.</param>
    public Finding? Missing(string folder)
    {
        // From the root down, as the kernel goes: the first that is closed hides what is below it.
        if (Above(folder).FirstOrDefault(above => IsDenied(access(above, Execute))) is { } closed)
        {
            return Finding.Bad(
                Subject,
                $"{Environment.UserName} may not look into {closed}{ModeOf(closed)}, where {folder} would be",
                $"give {Environment.UserName} the right (as its owner: `chmod o+x {closed}`), run as that owner, or choose another folder with --data");
        }

        if (!Directory.Exists(folder))
        {
            var nearest = Above(folder).LastOrDefault(Directory.Exists);
            return nearest is null ? null : Refused(nearest, Write | Execute, "make anything in", folder);
        }

        return Refused(folder, Read | Write | Execute, "read and write", folder)
            ?? FolderInspection.FilesOf(folder).Select(file => Refused(file, Read | Write, "read and write", folder)).FirstOrDefault(static finding => finding is not null);
    }

    private static IEnumerable<string> Above(string folder)
    {
        var above = Path.GetDirectoryName(folder);
        return above is null ? [] : [.. Above(above), above];
    }

    private Finding? Refused(string path, int mode, string verb, string folder) => access(path, mode) switch
    {
        var error when IsDenied(error) => Told($"{Environment.UserName} may not {verb} {path}{ModeOf(path)}", folder),
        ReadOnly => Finding.Bad(Subject, $"{path} is on a file system that is mounted read-only", "mount it for writing, or choose another folder with --data"),
        _ => null,
    };

    private static Finding Told(string text, string folder) => Finding.Bad(
        Subject,
        text,
        Directory.Exists(folder)
            ? $"give {Environment.UserName} the right (as root: `chown -R {Environment.UserName} {folder} && chmod -R u+rwX {folder}`), run as the user whose store it is, "
                + "or choose another folder with --data"
            : $"make {folder} for {Environment.UserName} (as root: `install -d -m 700 -o {Environment.UserName} {folder}`), or choose another folder with --data");

    private static bool IsDenied(int error) => error is Denied or NotPermitted;

    private static string ModeOf(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return "";
        }

        try
        {
            return $" (its mode is {Convert.ToString((int)File.GetUnixFileMode(path), 8).PadLeft(3, '0')})";
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static int Ask(string path, int mode) => Access(path, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [DllImport("libc", EntryPoint = "access", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
