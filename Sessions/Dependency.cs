namespace Snakepit.Sessions;

/// <summary>An edge of the dependency graph, held by the variable that depends.</summary>
/// <param name="ToId">The id of the variable depended on.</param>
/// <param name="Type">data, constraint or optimization.</param>
public sealed record Dependency(string ToId, string Type);
