using Google.Protobuf;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Sessions;

/// <summary>A change as watchers see it: what is needed to choose it, and the encoded message they all receive.</summary>
/// <param name="Revision">The change's revision.</param>
/// <param name="UpdateType">One of <see cref="Sessions.UpdateType.OfChanges"/>.</param>
/// <param name="VariableId">The variable's id.</param>
/// <param name="VariableName">The variable's name.</param>
/// <param name="Encoded">The snakepit.bridge.VariableUpdate.</param>
public sealed record LoggedUpdate(
    long Revision, string UpdateType, string VariableId, string VariableName, ByteString Encoded) : IEncodedMessage
{
    /// <summary>Who may see the variable as this change left it; null = everyone who may watch the session.</summary>
    public VariableAccess? Access { get; init; }

    public static LoggedUpdate Of(Change change) =>
        new(change.Revision, change.UpdateType, change.Variable.Id, change.Variable.Name, change.Update)
        {
            Access = change.Variable.Access,
        };
}
