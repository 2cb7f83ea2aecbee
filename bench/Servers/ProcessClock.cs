using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Snakepit.Bench;

/// <summary>
/// The processor time of a process, to the nanosecond: what the framework tells of another process is in hundredths of a second, too
/// coarse for loads that last as little.
/// </summary>
internal static class ProcessClock
{
    // The number of a process's clock: CPUCLOCK_SCHED of include/linux/posix-timers_types.h, beneath the complement of its id.
    private const int AllThreads = 2;

    /// <summary>User and system time of all its threads, also of those that have ended.</summary>
    public static TimeSpan TimeOf(int processId) => GetTime((~processId << 3) | AllThreads, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1_000.0)
        : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"the processor time of process {processId}");

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
