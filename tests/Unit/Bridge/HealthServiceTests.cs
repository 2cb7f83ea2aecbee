using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.Protocol.Health;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;
using ServingStatus = Snakepit.Protocol.Health.HealthCheckResponse.Types.ServingStatus;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class HealthServiceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HealthStatus _health = new();
    private readonly MethodTable _table = new();
    private readonly FakeResponses _responses = new();
    private readonly FakeCall _call = new();

    public HealthServiceTests() => _table.Add(HealthService.Contract, new HealthService(_table, _health).Methods);

    [Theory]
    [InlineData("")]
    [InlineData("grpc.health.v1.Health")]
    public async Task Check_tells_the_status_of_the_server_and_of_each_service(string service)
    {
        Assert.Equal(ServingStatus.NotServing, (await CheckAsync(service)).Message!.Status);
        _health.Set(isServing: true);
        Assert.Equal(ServingStatus.Serving, (await CheckAsync(service)).Message!.Status);
        _health.Drain();
        Assert.Equal(ServingStatus.NotServing, (await CheckAsync(service)).Message!.Status);
    }

    [Fact]
    public async Task Check_of_an_unknown_service_is_not_found() =>
        Assert.Equal(new RpcStatus(RpcCode.NotFound, "Service not found: no.Such"), (await CheckAsync("no.Such")).Status);

    [Fact]
    public async Task Watch_tells_the_status_at_once_and_then_each_change_of_it()
    {
        _health.Set(isServing: true);
        _ = WatchAsync("");
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        _health.Set(isServing: true);
        _health.Set(isServing: false);
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        _health.Set(isServing: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        Assert.Equal(0, _responses.Unread);
    }

    [Fact]
    public async Task Watch_ends_after_a_last_message_when_the_server_drains()
    {
        _health.Set(isServing: true);
        Task<RpcStatus> watch = WatchAsync("grpc.health.v1.Health");
        Assert.Equal(ServingStatus.Serving, await NextAsync());
        _health.Drain();
        Assert.Equal(RpcCode.Unavailable, (await watch.WaitAsync(Deadline)).Code);
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        Assert.Equal(0, _responses.Unread);
    }

    [Fact]
    public async Task Watch_does_not_repeat_not_serving_when_the_server_drains()
    {
        Task<RpcStatus> watch = WatchAsync("");
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        _health.Drain();
        await watch.WaitAsync(Deadline);
        Assert.Equal(0, _responses.Unread);
    }

    [Fact]
    public async Task Watch_of_an_unknown_service_says_so_once_and_stays_open()
    {
        Task<RpcStatus> watch = WatchAsync("no.Such");
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync());
        _health.Set(isServing: true);
        Assert.False(watch.IsCompleted);
        _health.Drain();
        Assert.Equal(RpcCode.Unavailable, (await watch.WaitAsync(Deadline)).Code);
        Assert.Equal(0, _responses.Unread);
    }

    [Fact]
    public async Task Watch_ends_with_its_caller()
    {
        Task<RpcStatus> watch = WatchAsync("");
        await NextAsync();
        await _call.Caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_drained_server_never_serves_again()
    {
        _health.Drain();
        _health.Set(isServing: true);
        Assert.Equal(ServingStatus.NotServing, (await CheckAsync("")).Message!.Status);
    }

    private Task<RpcResult<HealthCheckResponse>> CheckAsync(string service) =>
        _table.CallAsync<HealthCheckRequest, HealthCheckResponse>(
            "/grpc.health.v1.Health/Check", new HealthCheckRequest { Service = service });

    private Task<RpcStatus> WatchAsync(string service) =>
        _table.Entry<ServerStreamingMethod<HealthCheckRequest>>("/grpc.health.v1.Health/Watch")
            .Handler(new HealthCheckRequest { Service = service }, _responses, _call);

    private async Task<ServingStatus> NextAsync() => (await _responses.NextAsync(HealthCheckResponse.Parser)).Status;
}
