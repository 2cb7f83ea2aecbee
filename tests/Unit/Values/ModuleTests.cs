namespace Snakepit.Tests.Values;

public sealed class ModuleTests
{
    [Theory]
    [InlineData("dspy")]
    [InlineData("dspy.ChainOfThought")]
    [InlineData("_private.__init__.x2")]
    [InlineData("größe.naïve")]
    public void A_dotted_name_is_a_module(string name)
    {
        Assert.Equal($"\"{name}\"", Reading.Accepted("module", $"\"{name}\""));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("2a")]
    [InlineData("a.2b")]
    [InlineData("a-b")]
    [InlineData("a b")]
    [InlineData("os;import")]
    public void Anything_else_is_refused(string name)
    {
        Assert.Equal($"must be a module name (identifiers joined by dots), got {name}", Reading.Refused("module", $"\"{name}\""));
    }

    [Theory]
    [InlineData("c", """{"choices":["a","b"]}""", "must be one of the allowed modules: a, b")]
    [InlineData("c", """{"allowed_modules":["a.x","b"]}""", "must be one of the allowed modules: a.x, b")]
    [InlineData("a", """{"choices":["a"],"allowed_modules":["b"]}""", "must be one of the allowed modules: b")]
    [InlineData("dspy.Predict", """{"pattern":"^ml\\."}""", "must match pattern: ^ml\\.")]
    [InlineData("dspyx", """{"namespace":"dspy"}""", "must be in namespace: dspy")]
    [InlineData("other.dspy", """{"namespace":"dspy"}""", "must be in namespace: dspy")]
    public void A_module_that_breaks_a_constraint_is_refused(string name, string constraints, string words)
    {
        Assert.Equal(words, Reading.Refused("module", $"\"{name}\"", constraints));
    }

    [Theory]
    [InlineData("a", """{"choices":["a","b"],"allowed_modules":[]}""")]
    [InlineData("dspy", """{"namespace":"dspy"}""")]
    [InlineData("dspy.a.B", """{"namespace":"dspy.a"}""")]
    [InlineData("dspy.Predict", """{"pattern":"Pred"}""")]
    public void A_module_within_its_constraints_is_accepted(string name, string constraints)
    {
        Reading.Accepted("module", $"\"{name}\"", constraints);
    }
}
