using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions;

/// <summary>
/// A variable at rest, as a session keeps it. Most consist of the bytes that are answered anyway, of which a command makes a
/// <see cref="VariableState"/> for as long as it looks at it; those whose bytes are many, or do not say everything, stay
/// what they were.
/// </summary>
public sealed class KeptVariable
{
    // To make a state of more bytes costs more than its memory is worth.
    private const int MaxPackedBytes = 4 * 1024;

    private const byte IdTag = (1 << 3) | (byte)WireFormat.WireType.LengthDelimited;
    private const byte NameTag = (2 << 3) | (byte)WireFormat.WireType.LengthDelimited;
    private const int StackChars = 256;

    // A ByteString or a VariableState.
    private readonly object _kept;

    public KeptVariable(VariableState variable)
    {
        Constraints = variable.Constraints;
        RegisteredAt = variable.RegisteredAt;
        ValueRevision = variable.ValueRevision;
        NameHash = HashOf(variable.Name);
        _kept = CanPack(variable) && variable.Wire is { Length: <= MaxPackedBytes } wire ? wire : variable;
    }

    public Constraints Constraints { get; }

    /// <summary>As <see cref="VariableState.RegisteredAt"/>.</summary>
    public long RegisteredAt { get; }

    /// <summary>As <see cref="VariableState.ValueRevision"/>.</summary>
    public long ValueRevision { get; }

    /// <summary>The <see cref="HashOf"/> its name.</summary>
    internal int NameHash { get; }

    /// <summary>Its place among what was written since the last checkpoint; −1 = it was not. Its table's.</summary>
    internal int WrittenAt { get; set; } = -1;

    /// <summary>As <see cref="VariableState.Wire"/>.</summary>
    public ByteString Wire => Packed ?? Whole!.Wire;

    /// <summary>As <see cref="VariableState.StoredWire"/>.</summary>
    public ByteString StoredWire => Packed ?? Whole!.StoredWire;

    /// <summary>As <see cref="VariableState.LargeValueRevision"/>.</summary>
    public long LargeValueRevision => Whole?.LargeValueRevision ?? 0;

    /// <summary>As <see cref="VariableState.Dependencies"/>.</summary>
    public ImmutableArray<Dependency> Dependencies => Whole?.Dependencies ?? [];

    public string Id => Whole?.Id ?? Encoding.UTF8.GetString(IdBytes);

    public string Name => Whole?.Name ?? Encoding.UTF8.GetString(NameBytes);

    /// <summary>As <see cref="VariableState.Access"/>.</summary>
    public VariableAccess? Access => Whole?.Access;

    private ByteString? Packed => _kept as ByteString;

    private VariableState? Whole => _kept as VariableState;

    private ReadOnlySpan<byte> IdBytes => Field(Packed!.Span, IdTag, out _);

    private ReadOnlySpan<byte> NameBytes
    {
        get
        {
            Field(Packed!.Span, IdTag, out var rest);
            return Field(rest, NameTag, out _);
        }
    }

    /// <summary>Whether it is there for who asks.</summary>
    public bool IsVisibleTo(Requester requester) => Whole?.IsVisibleTo(requester) ?? true;

    public bool HasId(ReadOnlySpan<char> id) => Whole is { } whole ? id.SequenceEqual(whole.Id) : AreSame(IdBytes, id);

    public bool HasName(ReadOnlySpan<char> name) => Whole is { } whole ? name.SequenceEqual(whole.Name) : AreSame(NameBytes, name);

    /// <summary>What the name answers to a question about it.</summary>
    public T OfName<T>(Func<ReadOnlySpan<char>, T> ask)
    {
        if (Whole is { } whole)
        {
            return ask(whole.Name);
        }

        var bytes = NameBytes;
        if (bytes.Length > StackChars)
        {
            return ask(Name);
        }

        Span<char> name = stackalloc char[StackChars];
        Utf8.ToUtf16(bytes, name, out _, out var length);
        return ask(name[..length]);
    }

    /// <summary>A hash of a name. It differs from process to process: callers choose the names.</summary>
    internal static int HashOf(ReadOnlySpan<char> name) => string.GetHashCode(name);

    /// <summary>Everything about it.</summary>
    public VariableState Open() => Whole ?? VariableDecoder.Unpack(Packed!, this);

    // What its bytes say is all there is to say.
    private static bool CanPack(VariableState variable) =>
        variable.Access is null && variable.LargeValueRevision == 0 && variable.Dependencies.IsEmpty && variable.Dependents.IsEmpty
        && variable.Value.Size <= MaxPackedBytes && variable.Id.Length > 0 && variable.Name.Length > 0;

    // Fields are written in the order of their numbers, and neither of these two is ever empty.
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> wire, byte tag, out ReadOnlySpan<byte> rest)
    {
        if (wire[0] != tag)
        {
            throw new InvalidDataException($"a variable's bytes have field {wire[0] >> 3} where {tag >> 3} belongs");
        }

        int length = wire[1];
        var start = 2;
        if (length >= 0x80)
        {
            length = (length & 0x7f) | (wire[2] << 7);
            start = 3;
        }

        rest = wire[(start + length)..];
        return wire.Slice(start, length);
    }

    private static bool AreSame(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> text)
    {
        // Of what is not ASCII only this many bytes can make so many characters.
        if (bytes.Length < text.Length || bytes.Length > text.Length * 3)
        {
            return false;
        }

        return Ascii.Equals(bytes, text) || (!Ascii.IsValid(text) && Encoding.UTF8.GetString(bytes).AsSpan().SequenceEqual(text));
    }
}
