using System.Runtime.InteropServices;

namespace Snakepit.Sidecar.Workers;

/// <summary>Signals of Unix, which .NET has no call for.</summary>
internal static class ProcessSignals
{
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <summary>No effect where the process has ended.</summary>
    public static void SendTerminate(int processId) => _ = Send(processId, Terminate);

    /// <summary>Ends a whole process group. No effect where nothing of it is left.</summary>
    public static void KillGroup(int groupId) => _ = Send(-groupId, Kill);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Send(int processId, int signal);
}
