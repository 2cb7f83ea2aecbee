namespace Snakepit.Sessions;

/// <summary>An optimizer's hold of a variable: while it lasts only the holder may set, delete or roll back.</summary>
public sealed record OptimizationLock(string OptimizerId, string OptimizationId, DateTimeOffset StartedAt);
