using Google.Protobuf;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Reflection.V1;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Bridge.Reflection;

/// <summary>
/// Server reflection over the services of the table. Its two versions are the same on the wire and differ
/// in the name of their package alone, so v1's messages serve both.
/// </summary>
public sealed class ReflectionService(MethodTable table)
{
    // Made at the first question: by then the table is complete.
    private readonly Lazy<SymbolIndex> _index = new(() => new SymbolIndex(table.Services));

    public static ServiceContract V1 { get; } = new(
        "grpc.reflection.v1.ServerReflection", static () => GrpcReflectionV1Reflection.Descriptor.Services[0]);

    public static ServiceContract V1Alpha { get; } = new(
        "grpc.reflection.v1alpha.ServerReflection",
        static () => Protocol.Reflection.V1Alpha.GrpcReflectionV1AlphaReflection.Descriptor.Services[0]);

    /// <summary>The entries of <paramref name="version"/>: <see cref="V1"/> or <see cref="V1Alpha"/>.</summary>
    public IEnumerable<RpcMethod> MethodsOf(ServiceContract version) =>
    [
        new DuplexMethod<ServerReflectionRequest>(
            version.Name, "ServerReflectionInfo", ServerReflectionRequest.Parser, AnswerAllAsync)
        {
            Access = MethodAccess.Authenticated,
        },
    ];

    private async Task<RpcStatus> AnswerAllAsync(
        IRequestStream<ServerReflectionRequest> requests, IResponseStream responses, RpcCall call)
    {
        while (await requests.ReadAsync(call.Cancellation) is { } request)
        {
            ServerReflectionResponse response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            responses.Write(response);
            await responses.FlushAsync(call.Cancellation);
        }

        return RpcStatus.Ok;
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => Services(),
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename =>
            Files(_index.Value.FindFile(request.FileByFilename), $"File not found: {request.FileByFilename}"),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol =>
            Files(_index.Value.FindSymbol(request.FileContainingSymbol), $"Symbol not found: {request.FileContainingSymbol}"),

        // proto3 files declare no extensions.
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension => Error(
            RpcCode.NotFound,
            $"Extension not found: {request.FileContainingExtension.ExtensionNumber} of {request.FileContainingExtension.ContainingType}"),
        ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType =>
            NoExtensions(request.AllExtensionNumbersOfType),
        _ => Error(RpcCode.InvalidArgument, "The request asks nothing"),
    };

    private ServerReflectionResponse Services()
    {
        IEnumerable<ServiceResponse> services = table.Services
            .Select(service => new ServiceResponse { Name = service.FullName })
            .OrderBy(service => service.Name, StringComparer.Ordinal);
        return new() { ListServicesResponse = new() { Service = { services } } };
    }

    private ServerReflectionResponse NoExtensions(string type) => _index.Value.IsMessage(type)
        ? new() { AllExtensionNumbersResponse = new() { BaseTypeName = type } }
        : Error(RpcCode.NotFound, $"Type not found: {type}");

    private static ServerReflectionResponse Files(IEnumerable<ByteString>? files, string otherwise) => files is null
        ? Error(RpcCode.NotFound, otherwise)
        : new() { FileDescriptorResponse = new() { FileDescriptorProto = { files } } };

    private static ServerReflectionResponse Error(RpcCode code, string message) =>
        new() { ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message } };
}
