using Snakepit.Protocol.Access;
using Snakepit.Protocol.Health;
using Snakepit.Protocol.Rpc;
using ServingStatus = Snakepit.Protocol.Health.HealthCheckResponse.Types.ServingStatus;

namespace Snakepit.Bridge.Health;

/// <summary>The standard health service, for the services of the table and, under the empty name, for all.</summary>
public sealed class HealthService(MethodTable table, HealthStatus health)
{
    public static ServiceContract Contract { get; } = new(
        "grpc.health.v1.Health", static () => GrpcHealthReflection.Descriptor.Services[0]);

    public IEnumerable<RpcMethod> Methods =>
    [
        new UnaryMethod<HealthCheckRequest, HealthCheckResponse>(
            Contract.Name, "Check", HealthCheckRequest.Parser, CheckAsync)
        {
            Access = MethodAccess.Open,
        },
        new ServerStreamingMethod<HealthCheckRequest>(
            Contract.Name, "Watch", HealthCheckRequest.Parser, WatchAsync)
        {
            Access = MethodAccess.Open,
        },
    ];

    private ValueTask<RpcResult<HealthCheckResponse>> CheckAsync(HealthCheckRequest request, RpcCall call)
    {
        ServingStatus status = StatusOf(request.Service, health.Current);
        return new(status == ServingStatus.ServiceUnknown
            ? new RpcStatus(RpcCode.NotFound, $"Service not found: {request.Service}")
            : new HealthCheckResponse { Status = status });
    }

    /// <summary>
    /// Tells the latest status and then each that differs from the one told before; what changed and changed
    /// back while the caller was not reading is passed over. Ends only with the process.
    /// </summary>
    private async Task<RpcStatus> WatchAsync(HealthCheckRequest request, IResponseStream responses, RpcCall call)
    {
        ServingStatus? told = null;
        while (true)
        {
            HealthMoment moment = health.Current;
            ServingStatus status = StatusOf(request.Service, moment);
            if (status != told)
            {
                responses.Write(new HealthCheckResponse { Status = status });
                await responses.FlushAsync(call.Cancellation);
                told = status;
            }

            if (moment.IsLast)
            {
                return new RpcStatus(RpcCode.Unavailable, "The server is shutting down");
            }

            await moment.Passed.WaitAsync(call.Cancellation);
        }
    }

    private ServingStatus StatusOf(string service, HealthMoment moment) => service.Length > 0 && !table.Serves(service)
        ? ServingStatus.ServiceUnknown
        : moment.IsServing ? ServingStatus.Serving : ServingStatus.NotServing;
}
