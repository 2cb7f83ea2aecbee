using System.Collections.Frozen;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;

namespace Snakepit.Grains;

/// <summary>
/// The types of messages that may travel as a <see cref="WireMessage"/>: all of the session's protocols. Each has a
/// number made of its full name, the same in every process and version.
/// </summary>
internal static class MessageKinds
{
    private static readonly FrozenDictionary<uint, MessageParser> Parsers;
    private static readonly FrozenDictionary<string, uint> Numbers;

    static MessageKinds()
    {
        FileDescriptor[] files =
        [
            SnakepitBridgeReflection.Descriptor,
            SnakepitSessionsReflection.Descriptor,
            SnakepitStorageReflection.Descriptor,
            SnakepitToolsReflection.Descriptor,
        ];
        var types = files.SelectMany(file => file.MessageTypes).ToList();

        // Two types of one number would be an exception here, in the first test that starts.
        Parsers = types.ToFrozenDictionary(type => NumberOf(type.FullName), type => type.Parser);
        Numbers = types.ToFrozenDictionary(type => type.FullName, type => NumberOf(type.FullName), StringComparer.Ordinal);
    }

    /// <exception cref="ArgumentException">The message's type may not travel.</exception>
    public static uint Of(IMessage message) => Numbers.TryGetValue(message.Descriptor.FullName, out var number)
        ? number
        : throw new ArgumentException($"{message.Descriptor.FullName} does not travel between grains", nameof(message));

    /// <exception cref="InvalidDataException">No type has that number: the sender is of another version.</exception>
    public static IMessage Parse(uint number, ReadOnlySpan<byte> encoded) => Parsers.TryGetValue(number, out var parser)
        ? parser.ParseFrom(encoded)
        : throw new InvalidDataException($"no message type has the number {number:x8}");

    // FNV-1a.
    private static uint NumberOf(string fullName)
    {
        var number = 2_166_136_261u;
        foreach (var unit in Encoding.UTF8.GetBytes(fullName))
        {
            number = (number ^ unit) * 16_777_619u;
        }

        return number;
    }
}
