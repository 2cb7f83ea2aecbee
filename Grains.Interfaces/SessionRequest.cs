using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>A request of the protocol on its way to the session it names.</summary>
/// <param name="Message">The request.</param>
/// <param name="Interest">Where it matters to the answer: what the gateway's watchers come to now.</param>
/// <param name="Principal">Who makes it; may be empty.</param>
/// <param name="IsBound">Whether the access lists of variables hold for them.</param>
[GenerateSerializer]
[Immutable]
[Alias("snakepit.session-request")]
public sealed record SessionRequest(
    [property: Id(0)] WireMessage Message,
    [property: Id(1)] Interest? Interest = null,
    [property: Id(2)] string Principal = "",
    [property: Id(3)] bool IsBound = false)
{
    public Requester Requester => new(Principal ?? "", !IsBound);
}
