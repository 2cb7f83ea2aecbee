namespace Snakepit.Sidecar.Workers;

/// <summary>Launches the processes of workers.</summary>
internal interface IWorkerLauncher
{
    /// <param name="worker">The worker's name, for the log.</param>
    /// <exception cref="WorkerLaunchException">The system refuses to.</exception>
    IWorkerProcess Launch(string worker);
}

/// <summary>One process of a worker, from its launch on. To dispose of it is to let go of it, not to end it.</summary>
internal interface IWorkerProcess : IAsyncDisposable
{
    int Id { get; }

    /// <summary>The port it listens on, once it has said so. Never ends where it does not.</summary>
    Task<int> Port { get; }

    /// <summary>Once the process has ended: how, to follow the worker's name in a sentence. Never fails.</summary>
    Task<string> Exited { get; }

    /// <summary>Asks it to end.</summary>
    void Terminate();

    /// <summary>Ends it and all processes it has started. Good for its children too once it has ended itself.</summary>
    void Kill();
}

/// <summary>A worker's process could not be made. The message says why.</summary>
internal sealed class WorkerLaunchException(string message, Exception cause) : Exception(message, cause);
