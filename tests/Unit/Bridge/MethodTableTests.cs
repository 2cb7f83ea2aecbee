using Snakepit.Bridge;
using Snakepit.Bridge.Health;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Health;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class MethodTableTests
{
    private readonly MethodTable _table = new();
    private readonly RpcMethod[] _methods;

    public MethodTableTests() => _methods = [.. new HealthService(_table, new HealthStatus()).Methods];

    [Fact]
    public void A_table_knows_the_services_it_was_given()
    {
        _table.Add(HealthService.Contract, _methods);
        Assert.Equal(["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"], _table.Methods.Select(method => method.Path));
        Assert.Same(HealthService.Contract.Descriptor, Assert.Single(_table.Services));
        Assert.True(_table.Serves("grpc.health.v1.Health"));
        Assert.False(_table.Serves("Health"));
    }

    [Fact]
    public void A_path_that_occurs_twice_is_refused_by_name() =>
        AssertRefused("/grpc.health.v1.Health/Check is in the method table twice", [.. _methods, _methods[0]]);

    [Fact]
    public void A_service_that_is_added_twice_is_refused_by_name()
    {
        _table.Add(HealthService.Contract, _methods);
        AssertRefused("/grpc.health.v1.Health/Check is in the method table twice", _methods);
    }

    [Fact]
    public void A_method_of_the_contract_without_an_entry_is_named_when_services_are_described()
    {
        _table.Add(HealthService.Contract, _methods[..1]);
        AssertRefused("Nothing serves /grpc.health.v1.Health/Watch", () => _ = _table.Services);
    }

    [Fact]
    public void A_method_the_contract_does_not_have_is_named_when_services_are_described()
    {
        _table.Add(HealthService.Contract, [.. _methods, Entry("Cure")]);
        AssertRefused("/grpc.health.v1.Health/Cure is no method of grpc.health.v1.Health", () => _ = _table.Services);
    }

    [Fact]
    public void A_method_of_another_service_is_refused_by_name()
    {
        MethodTable other = new();
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => other.Add(Snakepit.Bridge.Calculator.CalculatorService.Contract, _methods));
        Assert.Contains("/grpc.health.v1.Health/Check is no method of Calculator", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_asks_nothing_of_its_caller_must_say_so() => AssertRefused(
        "/grpc.health.v1.Health/Check does not say what it asks of its caller",
        new UnaryMethod<HealthCheckRequest, HealthCheckResponse>(
            HealthService.Contract.Name, "Check", HealthCheckRequest.Parser, (_, _) => default));

    private static UnaryMethod<HealthCheckRequest, HealthCheckResponse> Entry(string name) =>
        new(HealthService.Contract.Name, name, HealthCheckRequest.Parser, (_, _) => default) { Access = MethodAccess.Open };

    private void AssertRefused(string message, params RpcMethod[] methods) =>
        AssertRefused(message, () => _table.Add(HealthService.Contract, methods));

    private static void AssertRefused(string message, Action act)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(act);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }
}
