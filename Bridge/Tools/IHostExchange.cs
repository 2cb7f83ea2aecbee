namespace Snakepit.Bridge.Tools;

/// <summary>Where the processes of a cluster tell each other of their hosts.</summary>
public interface IHostExchange
{
    /// <summary>There is something to tell: soon, nobody waits.</summary>
    void Wake();

    /// <summary>
    /// Tells the others what this process has now, and hears what they have. Ends without either where the cluster does
    /// not answer in time: the next exchange makes up for it.
    /// </summary>
    ValueTask ExchangeAsync(CancellationToken cancellation);
}
