using System.Text.Json;

namespace Snakepit.Sessions.Values;

/// <summary>A JSON object of any content.</summary>
internal sealed class MapType() : ContainerType("map", "must be a map (a JSON object)", JsonTokenType.StartObject);
