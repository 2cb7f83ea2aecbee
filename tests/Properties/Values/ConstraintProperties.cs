using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Snakepit.Sessions.Values;

namespace Snakepit.Tests.Values;

public sealed class ConstraintProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(3000);

    /// <summary>Few values, so that two of them often mean the same; each in several spellings.</summary>
    private static readonly Gen<(string Type, string Json)> Compilable = Gen.OneOf(
        Of("float", ("min", Gen.Elements("0", "0.0", "-0", "1", "1e0", "0.10e1")), ("max", Gen.Elements("2", "2.0", "20e-1", "Infinity", "\"Infinity\""))),
        Of("integer", ("min", Gen.Elements("0", "0.0", "1", "1.0", "0.5")), ("max", Gen.Elements("2", "2.0", "2.5", "Infinity"))),
        Of("string", ("min_length", Gen.Elements("0", "1", "1.0")), ("pattern", Gen.Elements("\"a\"", "\"\\u0061\"", "\"b\"")), ("enum", Choices)),
        Of("choice", ("choices", Choices)),
        Of("module", ("choices", Choices), ("allowed_modules", Choices), ("namespace", Gen.Elements("\"a\"", "\"b\""))),
        Of("embedding", ("dimensions", Gen.Elements("1", "1.0", "2"))),
        Of("tensor", ("shape", Gen.Elements("[1,2]", "[1.0, 2]", "[2,1]", "[]")), ("dtype", Gen.Elements("\"int8\"", "\"bool\""))),
        Of("map", ("max_size", Gen.Elements("1", "1e0", "2"))));

    private static Gen<string> Choices => Gen.Elements("[]", "[\"a\"]", "[\"a\",\"b\"]", "[\"b\", \"a\"]", "[\"a\",\"b\",\"a\"]");

    [Fact]
    public void SameAs_is_an_equivalence()
    {
        Check.One(Runs, Prop.ForAll(Compilable.ToArbitrary(), Compilable.ToArbitrary(), Compilable.ToArbitrary(), (first, second, third) =>
        {
            var (a, b, c) = (Compile(first), Compile(second), Compile(third));
            return a.SameAs(a)
                && a.SameAs(Compile(first))
                && a.SameAs(b) == b.SameAs(a)
                && (!(a.SameAs(b) && b.SameAs(c)) || a.SameAs(c));
        }));
    }

    [Fact]
    public void Same_constraints_refuse_the_same_values()
    {
        var given = from first in Compilable from second in Compilable from typed in Texts.Typed select (first, second, typed);
        Check.One(Runs, Prop.ForAll(given.ToArbitrary(), pair =>
        {
            var (a, b) = (Compile(pair.first), Compile(pair.second));
            if (!a.SameAs(b) || pair.typed.Type != a.Type.Name)
            {
                return true;
            }

            var any = new Google.Protobuf.WellKnownTypes.Any { Value = Google.Protobuf.ByteString.CopyFromUtf8(pair.typed.Json) };
            var value = Value.Read(a.Type, Constraints.None(a.Type), any, Google.Protobuf.ByteString.Empty, int.MaxValue).Value!;
            return a.Check(value) is null == b.Check(value) is null;
        }));
    }

    [Fact]
    public void Compiling_never_throws()
    {
        Check.One(Runs, Prop.ForAll(Texts.Wild.ToArbitrary(), wild =>
        {
            var compiled = Constraints.Compile(VariableType.Find(wild.Type)!, System.Text.Encoding.UTF8.GetString(wild.Bytes));
            return !compiled.IsRefused || compiled.Refusal.Message.StartsWith("Invalid constraints: ", StringComparison.Ordinal);
        }));
        Check.One(Runs, Prop.ForAll<string?>(pattern =>
        {
            var json = $$"""{"pattern":{{System.Text.Json.JsonSerializer.Serialize(pattern ?? "")}}}""";
            var compiled = Constraints.Compile(VariableType.Find("string")!, json);
            return !compiled.IsRefused || compiled.Refusal.Message.StartsWith("Invalid constraints: ", StringComparison.Ordinal);
        }));
    }

    private static Constraints Compile((string Type, string Json) given)
    {
        var compiled = Constraints.Compile(VariableType.Find(given.Type)!, given.Json);
        Assert.True(!compiled.IsRefused, compiled.Refusal?.Message + given.Json);
        return compiled.Value!;
    }

    private static Gen<(string Type, string Json)> Of(string type, params (string Key, Gen<string> Text)[] keys) =>
        from texts in Gen.CollectToArray(keys, key => key.Text)
        from kept in Gen.CollectToArray(keys, _ => Gen.Elements(true, false))
        from reversed in Gen.Elements(true, false)
        from space in Texts.Space
        let members = keys.Select((key, index) => (Text: $"\"{key.Key}\":{space}{texts[index]}", Kept: kept[index]))
            .Where(member => member.Kept).Select(member => member.Text)
        select (type, string.Create(CultureInfo.InvariantCulture, $"{{{string.Join("," + space, reversed ? members.Reverse() : members)}}}"));
}
