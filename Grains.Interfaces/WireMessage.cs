using Google.Protobuf;

namespace Snakepit.Grains;

/// <summary>
/// A protobuf message on its way between processes of the cluster; <see cref="WireMessageCodec"/> encodes it. Within
/// a process it is handed over as it is, so nobody may change it any more.
/// </summary>
/// <param name="content">Of a type that <see cref="MessageKinds"/> knows.</param>
[Immutable]
public sealed class WireMessage(IMessage content)
{
    public IMessage Content { get; } = content;
}
