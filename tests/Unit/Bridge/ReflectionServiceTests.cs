using Google.Protobuf;
using Google.Protobuf.Reflection;
using Snakepit.Bridge;
using Snakepit.Bridge.Reflection;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Reflection.V1;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Bridge;

public sealed class ReflectionServiceTests
{
    private const string V1 = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    private const string V1Alpha = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

    private readonly MethodTable _table = new();

    public ReflectionServiceTests()
    {
        ReflectionService reflection = new(_table);
        _table.Add(ReflectionService.V1, reflection.MethodsOf(ReflectionService.V1));
        _table.Add(ReflectionService.V1Alpha, reflection.MethodsOf(ReflectionService.V1Alpha));
        ServiceDescriptor bridge = SnakepitBridgeReflection.Descriptor.Services[0];
        _table.Add(new ServiceContract(bridge.FullName, () => bridge), bridge.Methods.Select(method => new UnaryMethod<PingRequest, PingResponse>(
            bridge.FullName, method.Name, PingRequest.Parser, (_, _) => default)
        {
            Access = MethodAccess.Open,
        }));
    }

    [Theory]
    [InlineData(V1)]
    [InlineData(V1Alpha)]
    public async Task Services_are_listed_in_order_by_either_version(string path)
    {
        ServerReflectionResponse response = Assert.Single(await AskAsync(path, new ServerReflectionRequest { ListServices = "*" }));
        Assert.Equal(
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "snakepit.bridge.BridgeService"],
            response.ListServicesResponse.Service.Select(service => service.Name));
    }

    [Theory]
    [InlineData("snakepit.bridge.BridgeService")]
    [InlineData("snakepit.bridge.BridgeService.Ping")]
    [InlineData("snakepit.bridge.Variable")]
    [InlineData("snakepit.bridge.Variable.constraints_json")]
    [InlineData("snakepit.bridge.Variable.Source")]
    [InlineData("snakepit.bridge.Variable.MetadataEntry")]
    [InlineData("snakepit.bridge.TelemetryValue.value")]
    public async Task A_symbol_is_answered_with_its_file_first_and_all_that_file_imports(string symbol)
    {
        ServerReflectionResponse response = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });
        Assert.Equal(
            ["snakepit_bridge.proto", "google/protobuf/any.proto", "google/protobuf/timestamp.proto"], FilesOf(response));
    }

    [Theory]
    [InlineData("google/protobuf/any.proto")]
    [InlineData("grpc_reflection_v1alpha.proto")]
    public async Task A_file_is_found_by_its_name(string file) =>
        Assert.Equal([file], FilesOf(await AskAsync(new ServerReflectionRequest { FileByFilename = file })));

    [Fact]
    public async Task A_client_can_rebuild_every_service_from_what_it_is_told()
    {
        foreach (ServiceDescriptor service in _table.Services)
        {
            ServerReflectionResponse response = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = service.FullName });
            IEnumerable<ByteString> importedFirst = response.FileDescriptorResponse.FileDescriptorProto.Reverse();
            FileDescriptor file = FileDescriptor.BuildFromByteStrings(importedFirst)[^1];
            Assert.Equal(service.Methods.Select(method => method.FullName), file.Services[0].Methods.Select(method => method.FullName));
        }
    }

    [Fact]
    public async Task What_is_unknown_is_an_error_in_the_answer_and_the_call_goes_on()
    {
        ServerReflectionResponse[] responses = await AskAsync(
            V1,
            new ServerReflectionRequest { FileContainingSymbol = "no.Such" },
            new ServerReflectionRequest { FileByFilename = "no_such.proto" },
            new ServerReflectionRequest { FileContainingExtension = new() { ContainingType = "snakepit.bridge.Variable", ExtensionNumber = 7 } },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "snakepit.bridge.BridgeService" },
            new ServerReflectionRequest(),
            new ServerReflectionRequest { ListServices = "" });
        Assert.Equal(
            [
                "5 Symbol not found: no.Such",
                "5 File not found: no_such.proto",
                "5 Extension not found: 7 of snakepit.bridge.Variable",
                "5 Type not found: snakepit.bridge.BridgeService",
                "3 The request asks nothing",
            ],
            responses[..5].Select(response => $"{response.ErrorResponse.ErrorCode} {response.ErrorResponse.ErrorMessage}"));
        Assert.Equal(3, responses[5].ListServicesResponse.Service.Count);
    }

    [Fact]
    public async Task A_message_has_no_extensions()
    {
        ServerReflectionResponse response = await AskAsync(new ServerReflectionRequest { AllExtensionNumbersOfType = "snakepit.bridge.Variable" });
        Assert.Equal("snakepit.bridge.Variable", response.AllExtensionNumbersResponse.BaseTypeName);
        Assert.Empty(response.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task An_answer_repeats_its_question()
    {
        ServerReflectionRequest question = new() { Host = "here", FileContainingSymbol = "no.Such" };
        ServerReflectionResponse response = await AskAsync(question);
        Assert.Equal("here", response.ValidHost);
        Assert.Equal(question, response.OriginalRequest);
    }

    private static IEnumerable<string> FilesOf(ServerReflectionResponse response) =>
        response.FileDescriptorResponse.FileDescriptorProto.Select(file => FileDescriptorProto.Parser.ParseFrom(file).Name);

    private async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest question) =>
        Assert.Single(await AskAsync(V1, question));

    private async Task<ServerReflectionResponse[]> AskAsync(string path, params ServerReflectionRequest[] questions)
    {
        FakeResponses responses = new();
        RpcStatus status = await _table.Entry<DuplexMethod<ServerReflectionRequest>>(path)
            .Handler(new FakeRequests<ServerReflectionRequest>(questions), responses, new FakeCall());
        Assert.Equal(RpcStatus.Ok, status);
        List<ServerReflectionResponse> answers = [];
        while (responses.Unread > 0)
        {
            answers.Add(await responses.NextAsync(ServerReflectionResponse.Parser));
        }

        return [.. answers];
    }
}
