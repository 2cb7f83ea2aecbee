using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sessions;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Tests.Unit.Sessions;

/// <summary>How a session keeps its variables between the commands that look at them.</summary>
public sealed class VariableTableTests
{
    private readonly VariableTable _table = new();

    [Theory]
    [InlineData("x", "var_x_7")]
    [InlineData("var_x_1", "var_var_x_1_7")]
    [InlineData("a_b_", "var_a_b__7.2")]
    [InlineData("größe", "var_größe_7")]
    [InlineData("温度🌡", "var_温度🌡_7")]
    public void A_variable_is_found_by_its_name_and_by_its_id_and_by_nothing_else(string name, string id)
    {
        _table.Put(Variable(name, id));
        Assert.True(_table.TryFindByName(name, out var byName));
        Assert.True(_table.TryFindById(id, out var byId));
        Assert.Same(byName, byId);
        Assert.Equal((name, id), (byName.Name, byName.Id));
        Assert.False(_table.TryFindByName(id, out _));
        foreach (var other in new[] { name, $"{id}0", id[..^1], $"var_{name}", $"var_{name}_8", "var__7", "var_", "_", "" })
        {
            Assert.False(_table.TryFindById(other, out _), other);
        }

        foreach (var other in new[] { $"{name}x", name[..^1], name.ToUpperInvariant() + "!", "" })
        {
            Assert.False(_table.TryFindByName(other, out _), other);
        }
    }

    [Fact]
    public void A_name_as_long_as_the_limit_allows_is_found()
    {
        foreach (var name in new[] { new string('n', 256), new string('é', 128) })
        {
            _table.Put(Variable(name, $"var_{name}_1"));
            Assert.True(_table.TryFindByName(name, out var found));
            Assert.True(_table.TryFindById($"var_{name}_1", out _));
            Assert.Equal(name.Length, found.OfName(static span => span.Length));
        }
    }

    [Theory]
    [InlineData("small")]
    [InlineData("4 KiB")]
    [InlineData("binary")]
    [InlineData("restricted")]
    [InlineData("depends")]
    [InlineData("is depended on")]
    [InlineData("large")]
    public void A_variable_comes_out_as_it_went_in(string kind)
    {
        var variable = Variable("x", "var_x_3") with
        {
            Constraints = Constraints.Compile(VariableType.Find("string")!, """{"max_length":100000}""").Value!,
            Metadata = new Dictionary<string, string> { ["why"] = "because", ["source"] = "python" },
            Source = Snakepit.Protocol.Bridge.Variable.Types.Source.Python,
            Version = 12,
            Optimization = new OptimizationLock("optimizer", "opt_1", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            Revision = 40,
            ValueRevision = 39,
        };
        variable = kind switch
        {
            "4 KiB" => variable with { Value = Text(new string('v', 5_000)) },
            "binary" => variable with
            {
                Value = Value.FromStored(new Any { TypeUrl = "dspex.variables/tensor.binary", Value = ByteString.CopyFromUtf8("{}") }, ByteString.CopyFrom(0, 255, 7)),
            },
            "restricted" => variable with { AccessControlJson = """{"read":["a"]}""", Access = VariableAccess.OfStored("""{"read":["a"]}""") },
            "depends" => variable with { Dependencies = [new Dependency("var_y_1", "data")] },
            "is depended on" => variable with { Dependents = ["var_y_1"] },
            "large" => variable with { LargeValueRevision = 39 },
            _ => variable,
        };
        _table.Put(variable);
        Assert.True(_table.TryFindByName("x", out var kept));
        var opened = kept.Open();
        Assert.Equal(variable.ToMessage(), opened.ToMessage());
        Assert.Equal(variable.Wire, opened.Wire);
        Assert.Equal(variable.Wire, kept.Wire);
        Assert.Same(variable.Constraints, opened.Constraints);
        Assert.Same(variable.Access, opened.Access);
        Assert.Same(variable.Access, kept.Access);
        Assert.Equal(
            (variable.RegisteredAt, variable.ValueRevision, variable.LargeValueRevision),
            (opened.RegisteredAt, opened.ValueRevision, opened.LargeValueRevision));
        Assert.Equal(variable.Dependencies, opened.Dependencies);
        Assert.Equal(variable.Dependents, opened.Dependents);
        Assert.Equal(kind == "restricted" ? 1 : 0, _table.RestrictedCount);
        _table.Remove("var_x_3");
        Assert.Equal((0, 0), (_table.Count, _table.RestrictedCount));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(3_000)]
    public void Whatever_comes_and_goes_exactly_what_is_there_is_found(int names)
    {
        var random = new Random(names);
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var step = 0; step < 20_000; step++)
        {
            var name = $"n{random.Next(names)}";
            if (random.Next(5) < 2)
            {
                _table.Remove($"var_{name}_1");
                expected.Remove(name);
            }
            else
            {
                _table.Put(Variable(name, $"var_{name}_1") with { Version = step });
                expected[name] = step;
            }

            Assert.Equal(expected.Count, _table.Count);
            var asked = $"n{random.Next(names)}";
            Assert.Equal(expected.GetValueOrDefault(asked, -1), _table.TryFindByName(asked, out var found) ? found.Open().Version : -1);
        }

        Assert.Equal(
            expected.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            _table.All.Select(kept => KeyValuePair.Create(kept.Name, kept.Open().Version)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void What_was_written_is_taken_once_and_as_it_is_then()
    {
        _table.Put(Variable("old", "var_old_1"), written: false);
        _table.Put(Variable("gone", "var_gone_2"));
        _table.Put(Variable("x", "var_x_3"));
        _table.Put(Variable("x", "var_x_3") with { Version = 1 });
        _table.Remove("var_gone_2");
        _table.Put(Variable("gone", "var_gone_9"));
        Assert.Equal([("var_x_3", 1), ("var_gone_9", 0)], Taken());
        Assert.Empty(Taken());

        _table.Put(Variable("old", "var_old_1") with { Version = 5 });
        _table.NoteWritten("var_x_3");
        _table.NoteWritten("var_x_3");
        _table.NoteWritten("var_gone_2");
        Assert.Equal([("var_old_1", 5), ("var_x_3", 1)], Taken());
    }

    [Theory]
    [InlineData("x", "x_1")]
    [InlineData("x", "var_y_1")]
    [InlineData("x", "var_x_1_2")]
    [InlineData("x", "var_x1")]
    public void An_id_that_is_not_made_of_the_name_is_refused(string name, string id) =>
        Assert.Contains(id, Assert.Throws<InvalidDataException>(() => _table.Put(Variable(name, id))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_second_variable_of_the_name_is_refused()
    {
        _table.Put(Variable("x", "var_x_1"));
        Assert.Throws<InvalidDataException>(() => _table.Put(Variable("x", "var_x_2")));
        Assert.True(_table.TryFindById("var_x_1", out _));
    }

    private List<(string Id, int Version)> Taken() => [.. _table.TakeWritten().Select(static kept => (kept.Id, kept.Open().Version))];

    private static Value Text(string text) => Value.FromStored(
        new Any { TypeUrl = TypeUrl.SnakepitPrefix + "string", Value = ByteString.CopyFromUtf8($"\"{text}\"") }, ByteString.Empty);

    private static VariableState Variable(string name, string id) => new()
    {
        Id = id,
        Name = name,
        Type = VariableType.Find("string")!,
        Constraints = Constraints.None(VariableType.Find("string")!),
        Value = Text("v"),
        LastUpdatedAt = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Revision = 3,
        RegisteredAt = 3,
        ValueRevision = 3,
    };
}
