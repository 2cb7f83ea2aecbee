using Google.Protobuf.Reflection;
using Snakepit.Protocol.Reflection.V1;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Services;

/// <summary>What a client without proto files asks, in both versions of the service.</summary>
public sealed class ReflectionTests(SharedServer server)
{
    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Services_and_their_files_can_be_asked_for(string service)
    {
        using var call = server.Client.Duplex<ServerReflectionRequest, ServerReflectionResponse>(service, "ServerReflectionInfo");
        await call.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        var services = (await call.ReadAsync())!.ListServicesResponse.Service.Select(one => one.Name).ToList();
        Assert.Superset(
            new HashSet<string> { "snakepit.bridge.BridgeService", "snakepit.sessions.v1.Sessions", "Calculator", "grpc.health.v1.Health" },
            services.ToHashSet());

        await call.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "snakepit.bridge.BridgeService" });
        var files = (await call.ReadAsync())!.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom);
        var bridge = Assert.Single(files, file => file.Package == "snakepit.bridge");
        Assert.Equal(24, Assert.Single(bridge.Service).Method.Count);

        await call.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "no.such.Symbol" });
        Assert.Contains("no.such.Symbol", (await call.ReadAsync())!.ErrorResponse.ErrorMessage, StringComparison.Ordinal);
        call.Complete();
        Assert.Null(await call.ReadAsync());
    }
}
