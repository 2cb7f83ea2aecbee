using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>A JSON array of any content.</summary>
internal sealed class ListType() : ContainerType("list", "must be a list (a JSON array)", JsonTokenType.StartArray);
