using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Snakepit.Grains;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>Every message of the session's protocols crosses the cluster as it is.</summary>
public sealed class WireMessageTests : IDisposable
{
    // A field that no message has: it survives, and makes any message as large as need be.
    private const int UnknownField = 60_000;

    private readonly ServiceProvider _services =
        new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(WireMessage).Assembly)).BuildServiceProvider();

    public static TheoryData<string> Types =>
        [.. Descriptors.Select(type => type.FullName)];

    private static IEnumerable<MessageDescriptor> Descriptors =>
        new[] { SnakepitBridgeReflection.Descriptor, SnakepitSessionsReflection.Descriptor, SnakepitStorageReflection.Descriptor }
            .SelectMany(file => file.MessageTypes);

    [Theory]
    [MemberData(nameof(Types))]
    public void A_message_of_any_type_arrives_byte_for_byte(string type)
    {
        var parser = Descriptors.Single(descriptor => descriptor.FullName == type).Parser;
        foreach (var size in new[] { 0, 1, 4_000, 4_096, 5_000, 64 * 1024, 1024 * 1024 })
        {
            var message = parser.ParseFrom(Unknown(size));
            var arrived = Cross(new WireMessage(message)).Content;
            Assert.Equal(message.GetType(), arrived.GetType());
            Assert.Equal(message.ToByteArray(), arrived.ToByteArray());
            Assert.True(size == 0 || arrived.CalculateSize() > size);
        }
    }

    [Fact]
    public void A_message_arrives_with_all_its_fields()
    {
        var update = new VariableUpdate
        {
            VariableId = "var_x_1",
            Revision = long.MaxValue,
            Variable = new Variable { Name = "x", BinaryValue = ByteString.CopyFrom(new byte[70_000]) },
        };
        update.UpdateMetadata["naïve"] = "\0";
        Assert.Equal(update, Cross(new WireMessage(update)).Content);
    }

    [Fact]
    public void Requests_replies_and_interests_arrive_as_they_were_sent()
    {
        var get = new GetVariableRequest { VariableIdentifier = "x" };
        var request = Cross(new SessionRequest(new WireMessage(get), new Interest("gateway", 7, 3)));
        Assert.Equal((get, new Interest("gateway", 7, 3)), ((GetVariableRequest)request.Message.Content, request.Interest));
        Assert.Null(Cross(new SessionRequest(new WireMessage(get))).Interest);

        var refused = Cross(SessionReply.Of(Refusal.SessionNotFound("s"))).ToOutcome();
        Assert.Equal(Refusal.SessionNotFound("s"), refused.Refusal);
        Assert.Equal(get, Cross(SessionReply.Of(Outcome.Of<IMessage>(get))).ToOutcome().Value);
        Assert.True(Cross(SessionReply.Moved).HasMoved);
        Assert.Equal(new CalculationReply(1.5), Cross(new CalculationReply(1.5)));
    }

    [Fact]
    public void A_message_that_two_fields_hold_arrives_as_one()
    {
        var message = new WireMessage(new GetVariableRequest());
        var arrived = Cross<WireMessage[]>([message, message]);
        Assert.Same(arrived[0], arrived[1]);
    }

    [Fact]
    public void Within_a_process_a_message_is_handed_over_without_a_copy()
    {
        var message = new WireMessage(new GetVariableRequest());
        var request = new SessionRequest(message);
        var reply = SessionReply.Of(Outcome.Of(message.Content));
        Assert.Same(message, Copy(message));
        Assert.Same(message, Copy(request).Message);
        Assert.Same(message.Content, Copy(reply).Message!.Content);
    }

    [Fact]
    public void A_message_of_another_protocol_does_not_travel() =>
        Assert.Throws<ArgumentException>(() => Cross(new WireMessage(new Google.Protobuf.WellKnownTypes.Timestamp())));

    public void Dispose() => _services.Dispose();

    private static byte[] Unknown(int size)
    {
        if (size == 0)
        {
            return [];
        }

        using var encoded = new MemoryStream();
        using (var output = new CodedOutputStream(encoded, leaveOpen: true))
        {
            output.WriteTag(UnknownField, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom([.. Enumerable.Range(0, size).Select(i => (byte)i)]));
        }

        return encoded.ToArray();
    }

    private T Cross<T>(T sent)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(sent))!;
    }

    private T Copy<T>(T original) => _services.GetRequiredService<DeepCopier>().Copy(original)!;
}
