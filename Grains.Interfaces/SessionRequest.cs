namespace Snakepit.Grains;

/// <summary>A request of the protocol on its way to the session it names.</summary>
/// <param name="Message">The request.</param>
/// <param name="Interest">For a request to watch: what the gateway's watchers come to with the new one.</param>
[GenerateSerializer]
[Immutable]
[Alias("snakepit.session-request")]
public sealed record SessionRequest(
    [property: Id(0)] WireMessage Message,
    [property: Id(1)] Interest? Interest = null);
