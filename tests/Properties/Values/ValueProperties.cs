using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sessions;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Tests.Values;

public sealed class ValueProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void Every_generated_value_is_accepted_and_reading_it_again_changes_nothing()
    {
        Check.One(Runs, Prop.ForAll(Texts.Typed.ToArbitrary(), typed =>
        {
            var once = Read(typed.Type, ByteString.CopyFromUtf8(typed.Json));
            Assert.True(!once.IsRefused, once.Refusal?.Message);
            var again = Read(typed.Type, once.Value!.Any.Value);
            return again.Value!.Any.Equals(once.Value.Any) && ReferenceEquals(again.Value.Any.Value, once.Value.Any.Value);
        }));
    }

    [Fact]
    public void Nothing_that_is_sent_throws_and_what_is_accepted_is_canonical_json()
    {
        Check.One(Runs.WithMaxTest(10_000), Prop.ForAll(Texts.Wild.ToArbitrary(), wild =>
        {
            var once = Read(wild.Type, ByteString.CopyFrom(wild.Bytes));
            if (once.IsRefused)
            {
                return once.Refusal.Message.Length > 0;
            }

            JsonDocument.Parse(once.Value!.Any.Value.Memory).Dispose();
            return ReferenceEquals(Read(wild.Type, once.Value.Any.Value).Value!.Any.Value, once.Value.Any.Value);
        }));
    }

    [Fact]
    public void Wrapped_noise_never_throws()
    {
        var names = Gen.Elements("DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue", "BytesValue", "Value", "Struct", "ListValue", "Any");
        var given = from name in names from wild in Texts.Wild from noise in ArbMap.Default.GeneratorFor<byte[]>() from bare in ArbMap.Default.GeneratorFor<bool>() select (name, wild.Type, Bytes: bare ? noise : wild.Bytes);
        Check.One(Runs, Prop.ForAll(given.ToArbitrary(), wrapped =>
        {
            var any = new Any { TypeUrl = "type.googleapis.com/google.protobuf." + wrapped.name, Value = ByteString.CopyFrom(wrapped.Bytes) };
            var type = VariableType.Find(wrapped.Type)!;
            var read = Value.Read(type, Constraints.None(type), any, ByteString.Empty, int.MaxValue);
            return read.IsRefused || read.Value.Any.TypeUrl == TypeUrl.SnakepitPrefix + type.Name;
        }));
    }

    [Fact]
    public void Lists_and_maps_keep_their_meaning()
    {
        var given = Gen.OneOf(Texts.List.Select(json => ("list", json)), Texts.Map.Select(json => ("map", json)));
        Check.One(Runs, Prop.ForAll(given.ToArbitrary(), typed =>
        {
            var canonical = Read(typed.Item1, ByteString.CopyFromUtf8(typed.json)).Value!.Any.Value.ToStringUtf8();
            return JsonNode.DeepEquals(JsonNode.Parse(Quoted(typed.json)), JsonNode.Parse(canonical));
        }));
    }

    [Fact]
    public void A_float_reads_back_as_the_same_double()
    {
        var bits = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble),
            ArbMap.Default.GeneratorFor<double>(),
            from mantissa in Gen.Choose(0, int.MaxValue) from exponent in Gen.Choose(-30, 30) select mantissa * Math.Pow(10, exponent));
        Check.One(Runs.WithMaxTest(10_000), Prop.ForAll(bits.Where(double.IsFinite).ToArbitrary(), number =>
        {
            var text = Read("float", ByteString.CopyFromUtf8(number.ToString("E17", CultureInfo.InvariantCulture))).Value!.Any.Value.ToStringUtf8();
            var back = double.Parse(text, CultureInfo.InvariantCulture);
            return BitConverter.DoubleToInt64Bits(back) == BitConverter.DoubleToInt64Bits(number)
                && text.IndexOfAny(['.', 'e']) > 0;
        }));
    }

    [Fact]
    public void An_integer_is_what_its_spelling_says()
    {
        var given = from digits in Texts.Integer from point in Gen.Choose(0, 8) from exponent in Gen.Choose(-12, 30) select (digits, point, exponent);
        Check.One(Runs, Prop.ForAll(given.ToArbitrary(), spelled =>
        {
            // The digits are a fraction of 10^point, times 10^exponent.
            var unsigned = spelled.digits.TrimStart('-').PadLeft(spelled.point + 1, '0');
            var sign = spelled.digits.StartsWith('-') ? "-" : "";
            var mantissa = spelled.point == 0 ? unsigned : $"{unsigned[..^spelled.point]}.{unsigned[^spelled.point..]}";
            var read = Read("integer", ByteString.CopyFromUtf8($"{sign}{mantissa}e{spelled.exponent}"));
            var scale = spelled.exponent - spelled.point;
            var number = BigInteger.Parse(spelled.digits, CultureInfo.InvariantCulture) * BigInteger.Pow(10, Math.Max(0, scale));
            var whole = BigInteger.DivRem(number, BigInteger.Pow(10, Math.Max(0, -scale)), out var rest);
            return rest.IsZero
                ? read.Value?.Any.Value.ToStringUtf8() == whole.ToString(CultureInfo.InvariantCulture)
                : read.Refusal!.Message.StartsWith("must be a whole number, got ", StringComparison.Ordinal);
        }));
    }

    [Fact]
    public void Integers_are_bounded_exactly()
    {
        var number = from whole in Gen.OneOf(Texts.Integer, Gen.Choose(-3, 3).Select(near => near.ToString(CultureInfo.InvariantCulture))) from tenths in Gen.Choose(0, 9) select (whole, tenths);
        Check.One(Runs, Prop.ForAll(number.ToArbitrary(), Texts.Integer.ToArbitrary(), (bound, value) =>
        {
            var type = VariableType.Find("integer")!;
            var limit = $"{bound.whole}.{bound.tenths}";
            var tenfold = (BigInteger.Parse(bound.whole, CultureInfo.InvariantCulture) * 10)
                + (bound.whole.StartsWith('-') ? -bound.tenths : bound.tenths);
            var any = new Any { Value = ByteString.CopyFromUtf8(value) };
            var order = (BigInteger.Parse(value, CultureInfo.InvariantCulture) * 10).CompareTo(tenfold);
            var min = Value.Read(type, Constraints.Compile(type, $$"""{"min":{{limit}}}""").Value!, any, ByteString.Empty, 10_000);
            var max = Value.Read(type, Constraints.Compile(type, $$"""{"max":{{limit}}}""").Value!, any, ByteString.Empty, 10_000);
            return min.IsRefused == order < 0 && max.IsRefused == order > 0;
        }));
    }

    private static string Quoted(string json) =>
        System.Text.RegularExpressions.Regex.Replace(json, "\"(?:[^\"\\\\]|\\\\.)*\"|-?Infinity|NaN", match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\"");

    private static Outcome<Value> Read(string name, ByteString bytes)
    {
        var type = VariableType.Find(name)!;
        return Value.Read(type, Constraints.None(type), new Any { TypeUrl = TypeUrl.DspexPrefix + name, Value = bytes }, ByteString.Empty, int.MaxValue);
    }
}
