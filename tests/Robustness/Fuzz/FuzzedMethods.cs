using Google.Protobuf.Reflection;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>Every method of every service, from the descriptors of the protocol.</summary>
internal static class FuzzedMethods
{
    /// <summary>Storage has no service; every other file of the protocol has.</summary>
    public static IReadOnlyList<MethodDescriptor> All { get; } =
    [
        .. ((FileDescriptor[])
        [
            Protocol.Bridge.SnakepitBridgeReflection.Descriptor,
            Protocol.Administration.SnakepitSessionsReflection.Descriptor,
            Protocol.Tools.SnakepitToolsReflection.Descriptor,
            Protocol.Calculating.CalculatorReflection.Descriptor,
            Protocol.Health.GrpcHealthReflection.Descriptor,
            Protocol.Reflection.V1.GrpcReflectionV1Reflection.Descriptor,
            Protocol.Reflection.V1Alpha.GrpcReflectionV1AlphaReflection.Descriptor,
        ]).SelectMany(file => file.Services).SelectMany(service => service.Methods),
    ];

    /// <summary>Paths of those that are not answered at once: streams, and calls of tools.</summary>
    public static IReadOnlySet<string> MayWait { get; } = All
        .Where(method => method.IsServerStreaming || method.IsClientStreaming || method.Name.StartsWith("Execute", StringComparison.Ordinal))
        .Select(PathOf)
        .ToHashSet();

    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";
}
