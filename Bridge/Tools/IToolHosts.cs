using System.Diagnostics.CodeAnalysis;
using Snakepit.Protocol.Tools;

namespace Snakepit.Bridge.Tools;

/// <summary>The hosts of tools that this process can reach.</summary>
public interface IToolHosts
{
    /// <summary>A host by what sessions keep of it.</summary>
    bool TryFind(string hostId, [MaybeNullWhen(false)] out IToolHost host);

    /// <summary>
    /// Looks whether there are hosts that this process has not heard of yet. To be called where one that should be there
    /// is not.
    /// </summary>
    ValueTask LookAgainAsync(CancellationToken cancellation);

    /// <summary>Those that take calls of tools no session knows they have, in no order.</summary>
    IReadOnlyCollection<IToolHost> Unregistered { get; }

    /// <summary>Every host, for those who look.</summary>
    IReadOnlyCollection<WorkerStatus> Describe();
}
