using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Snakepit.Bridge.Reflection;

/// <summary>Finds, for a file's name or a symbol's full name, the files that describe it.</summary>
internal sealed class SymbolIndex
{
    private readonly Dictionary<string, FileDescriptor> _files;
    private readonly Dictionary<string, IDescriptor> _symbols;

    public SymbolIndex(IEnumerable<ServiceDescriptor> services)
    {
        _files = services.SelectMany(service => WithDependencies(service.File)).Distinct().ToDictionary(file => file.Name);
        _symbols = _files.Values.SelectMany(Declared).ToDictionary(symbol => symbol.FullName);
    }

    /// <summary>The file and all it imports, itself first, each a FileDescriptorProto; null if not known.</summary>
    public IEnumerable<ByteString>? FindFile(string name) => Encode(_files.GetValueOrDefault(name));

    /// <summary>Likewise the file that declares a service, method, message, field, oneof or enum.</summary>
    public IEnumerable<ByteString>? FindSymbol(string fullName) => Encode(_symbols.GetValueOrDefault(fullName)?.File);

    public bool IsMessage(string fullName) => _symbols.GetValueOrDefault(fullName) is MessageDescriptor;

    private static IEnumerable<ByteString>? Encode(FileDescriptor? file) =>
        file is null ? null : WithDependencies(file).Select(one => one.SerializedData);

    private static List<FileDescriptor> WithDependencies(FileDescriptor file)
    {
        List<FileDescriptor> found = [file];
        for (int next = 0; next < found.Count; next++)
        {
            found.AddRange(found[next].Dependencies.Except(found));
        }

        return found;
    }

    private static IEnumerable<IDescriptor> Declared(FileDescriptor file) =>
    [
        .. file.Services,
        .. file.Services.SelectMany(service => service.Methods),
        .. file.EnumTypes,
        .. file.MessageTypes.SelectMany(Declared),
    ];

    private static IEnumerable<IDescriptor> Declared(MessageDescriptor message) =>
    [
        message,
        .. message.Fields.InDeclarationOrder(),
        .. message.Oneofs,
        .. message.EnumTypes,
        .. message.NestedTypes.SelectMany(Declared),
    ];
}
