using Google.Protobuf;
using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>What a session answers: a message, or the refusal of one, or that it is not here.</summary>
[GenerateSerializer]
[Immutable]
[Alias("snakepit.session-reply")]
public sealed class SessionReply
{
    private SessionReply(WireMessage? message, int? refused, string reason)
    {
        Message = message;
        Refused = refused;
        Reason = reason;
    }

    /// <summary>This activation does not own the session, or cannot know that it does.</summary>
    public static SessionReply Moved { get; } = new(null, null, "");

    [Id(0)]
    public WireMessage? Message { get; }

    /// <summary>A <see cref="RefusalKind"/>.</summary>
    [Id(1)]
    public int? Refused { get; }

    /// <summary>The words of a refusal.</summary>
    [Id(2)]
    public string Reason { get; }

    public bool HasMoved => Message is null && Refused is null;

    public static SessionReply Of(Outcome<IMessage> outcome) => outcome.IsRefused
        ? new(null, (int)outcome.Refusal.Kind, outcome.Refusal.Message)
        : new(new WireMessage(outcome.Value), null, "");

    /// <summary>The answer. Not to be asked where it <see cref="HasMoved"/>.</summary>
    public Outcome<IMessage> ToOutcome() => Message is { } message
        ? Outcome.Of(message.Content)
        : new Refusal((RefusalKind)Refused!.Value, Reason);
}
