using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>Where a server listens by the time that it tries the next place.</summary>
/// <param name="Option">What names it, as `--port`.</param>
/// <param name="Endpoint">It.</param>
public sealed record TakenPlace(string Option, GrpcEndpoint Endpoint);
