using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Hosting;

namespace Snakepit.Grains;

/// <summary>Where the sessions of a silo last, and how they are kept.</summary>
/// <param name="Sessions">Shared with the other silos: the store's fence decides between them.</param>
/// <param name="Settings">What all sessions have in common.</param>
/// <param name="Hosting">With <see cref="HostPolicy.ConfirmedFor"/> set, as the store has other writers.</param>
public sealed record SiloStore(ISessionStore Sessions, SessionSettings Settings, HostPolicy Hosting);
