using System.Runtime.InteropServices;

namespace Snakepit.Serving.CommandLine;

/// <summary>
/// The wish that the process should end: Ctrl-C or SIGTERM. The process follows in order, so more of them
/// change nothing: wrappers that pass a signal on often cause the same one twice.
/// </summary>
public sealed class EndSignal : IDisposable
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
        signal.Cancel = true;
        if (_came.TrySetResult())
        {
            _cancellation.Cancel();
        }
    }
}
