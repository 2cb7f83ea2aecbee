using Snakepit.Protocol.Rpc;

namespace Snakepit.Serving.Telemetry;

/// <summary>A call that has ended.</summary>
/// <param name="Method">Its method's number.</param>
/// <param name="Status">What it ended with.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct EndedCall(int Method, RpcCode Status, TimeSpan Duration);
