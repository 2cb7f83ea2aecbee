using Google.Protobuf;

namespace Snakepit.Protocol.Rpc;

/// <summary>A mutating request that can carry an id: sent again with the same one, it is applied once.</summary>
public interface IRepeatableRequest : IMessage
{
    /// <summary>Empty where it has none.</summary>
    string RequestId { get; set; }
}
