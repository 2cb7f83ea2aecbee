using Google.Protobuf;

namespace Snakepit.Protocol.Rpc;

/// <summary>What a parser throws where bytes are no message.</summary>
public static class MalformedMessage
{
    /// <summary>
    /// Whether a failure to parse is the bytes' fault. Google.Protobuf has an exception for that, but an unknown field
    /// with a length that cannot be makes it miscalculate, and throw what is meant for mistakes of a program's own.
    /// </summary>
    public static bool IsShownBy(Exception failure) =>
        failure is InvalidProtocolBufferException or ArgumentException or OverflowException or IndexOutOfRangeException;

    /// <summary>What is wrong, for whoever sent the bytes.</summary>
    public static string Reason(Exception failure) =>
        failure is InvalidProtocolBufferException ? failure.Message : "a field has a length that cannot be";
}
