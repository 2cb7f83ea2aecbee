using System.Runtime.InteropServices;

namespace Snakepit.Sidecar.CommandLine;

/// <summary>
/// The wish that the process should end: Ctrl-C or SIGTERM. The first is for the process to follow in order;
/// a second one ends it at once, as if nobody listened.
/// </summary>
internal sealed class EndSignal : IDisposable
{
    private readonly TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;

    public EndSignal()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    public Task Came => _came.Task;

    public CancellationToken Cancellation => _cancellation.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _cancellation.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = _came.TrySetResult();
        if (signal.Cancel)
        {
            _cancellation.Cancel();
        }
    }
}
