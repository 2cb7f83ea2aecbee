using Snakepit.Bridge;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Handlers;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Reflection;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class ServiceContractTests
{
    public static TheoryData<ServiceContract> Contracts { get; } =
    [
        BridgeService.Contract,
        AdministrationService.Contract,
        CalculatorService.Contract,
        HealthService.Contract,
        ReflectionService.V1,
        ReflectionService.V1Alpha,
    ];

    [Theory]
    [MemberData(nameof(Contracts), DisableDiscoveryEnumeration = true)]
    public void A_contract_bears_the_name_of_what_it_describes(ServiceContract contract) =>
        Assert.Equal(contract.Descriptor.FullName, contract.Name);
}
