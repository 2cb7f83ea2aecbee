using Google.Protobuf.Reflection;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;

namespace Snakepit.Tests.Bridge;

/// <summary>Messages with an encoded part inside are on the wire the public ones that they stand for.</summary>
public sealed class EncodedMessagesTests
{
    private static readonly Dictionary<MessageDescriptor, MessageDescriptor> StandsFor = new()
    {
        [EncodedUpdate.Descriptor] = VariableUpdate.Descriptor,
        [EncodedInitialValue.Descriptor] = VariableUpdate.Descriptor,
        [EncodedNotice.Descriptor] = VariableUpdate.Descriptor,
        [EncodedGetVariableResponse.Descriptor] = GetVariableResponse.Descriptor,
        [EncodedGetVariablesResponse.Descriptor] = BatchGetVariablesResponse.Descriptor,
        [EncodedListVariablesResponse.Descriptor] = ListVariablesResponse.Descriptor,
        [EncodedInitializeSessionResponse.Descriptor] = InitializeSessionResponse.Descriptor,
        [EncodedRegisterVariableResponse.Descriptor] = RegisterVariableResponse.Descriptor,
        [EncodedRollbackVariableResponse.Descriptor] = RollbackVariableResponse.Descriptor,
        [EncodedUpdateVariableResponse.Descriptor] = UpdateVariableResponse.Descriptor,
    };

    [Fact]
    public void Each_field_has_the_number_the_name_and_the_form_of_the_public_one()
    {
        var encoded = EncodedUpdate.Descriptor.File.MessageTypes.Where(message => message.Name.StartsWith("Encoded", StringComparison.Ordinal));
        Assert.Equal(encoded.Select(message => message.Name).Order(), StandsFor.Keys.Select(message => message.Name).Order());
        foreach (var (message, stands) in StandsFor)
        {
            AssertSame(message, stands);
        }
    }

    private static void AssertSame(MessageDescriptor message, MessageDescriptor stands)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var of = $"{message.Name}.{field.Name}";
            var meant = stands.FindFieldByNumber(field.FieldNumber);
            Assert.True(meant is not null, $"{of}: {stands.Name} has no field {field.FieldNumber}");
            Assert.Equal((of, meant.Name, meant.IsRepeated), (of, field.Name, field.IsRepeated));
            if (field.IsMap)
            {
                AssertSame(field.MessageType, meant.MessageType);
            }
            else if (field.FieldType == FieldType.Bytes)
            {
                Assert.True(meant.FieldType is FieldType.Bytes or FieldType.Message, of);
            }
            else
            {
                Assert.Equal((of, meant.FieldType), (of, field.FieldType));
                Assert.Equal((of, TypeOf(meant)), (of, TypeOf(field)));
            }
        }
    }

    private static string? TypeOf(FieldDescriptor field) => field.FieldType == FieldType.Message ? field.MessageType.FullName : null;
}
