using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Sessions;

public sealed class RegisterTests
{
    [Fact]
    public void The_first_registration_makes_the_session_above_the_revision_it_was_given()
    {
        var draft = new Draft(firstRevision: 41);
        var reply = draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("x", "42.0"));
        Assert.Equal(("var_x_42", 42L, false), (reply.VariableId, reply.Revision, reply.AlreadyRegistered));
        Assert.True(draft.Present.SessionExists);
        var variable = Variable.Parser.ParseFrom(reply.Variable);
        Assert.Equal("42", variable.Value.Value.ToStringUtf8());
        Assert.Equal((0, 42L, Variable.Types.Source.Elixir), (variable.Version, variable.Revision, variable.Source));
    }

    [Fact]
    public void It_is_logged_as_registered_with_its_metadata_and_no_old_value()
    {
        var draft = Draft.With();
        var request = Ask.Register("x");
        request.Metadata["source"] = "python";
        request.Metadata["k"] = "v";
        draft.Ok<IMessage>(request);
        var update = Assert.Single(draft.Updates());
        Assert.Equal(("registered", 1L, "python", "var_x_1"), (update.UpdateType, update.Revision, update.UpdateSource, update.VariableId));
        Assert.Null(update.OldValue);
        Assert.Equal("v", update.UpdateMetadata["k"]);
        Assert.Equal("v", update.Variable.Metadata["k"]);
        Assert.Equal(Variable.Types.Source.Python, update.Variable.Source);
        Assert.Equal(draft.Now, update.Timestamp.ToDateTimeOffset());
    }

    [Fact]
    public void The_same_again_finds_the_variable_as_it_is()
    {
        var draft = Draft.With();
        draft.Ok<IMessage>(Ask.Register("x", "1", constraints: """{"min":0,"max":9}"""));
        draft.Ok<IMessage>(Ask.Set("x", "5"));
        var reply = draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("x", "2", constraints: """{"max":9.0, "min":0}"""));
        Assert.Equal((true, "var_x_1", 2L), (reply.AlreadyRegistered, reply.VariableId, reply.Revision));
        Assert.Equal("5", Variable.Parser.ParseFrom(reply.Variable).Value.Value.ToStringUtf8());
        Assert.Equal(2, draft.Revision);
    }

    [Theory]
    [InlineData("string", "\"a\"", "", "type integer")]
    [InlineData("integer", "1", """{"min":0}""", "other constraints")]
    public void The_same_name_with_another_type_or_constraints_exists_already(
        string type, string json, string constraints, string difference) =>
        Assert.Equal(
            $"Variable x is already registered with {difference}",
            Draft.With("x").Refused(RefusalKind.AlreadyExists, Ask.Register("x", json, type, constraints)));

    [Theory]
    [InlineData("", "integer", "1", "", "variable name must not be empty")]
    [InlineData("a\nb", "integer", "1", "", "variable name must not contain control characters")]
    [InlineData("x", "number", "1", "", "Variable x: unknown type 'number', must be one of: float")]
    [InlineData("x", "integer", "1", "{", "Variable x: Invalid constraints: ")]
    [InlineData("x", "integer", "1", """{"low":1}""", "Variable x: Invalid constraints: ")]
    [InlineData("x", "integer", "1.5", "", "Variable x: must be a whole number, got 1.5")]
    [InlineData("x", "integer", "1", """{"min":2}""", "Variable x: value 1 is below minimum 2")]
    public void A_bad_registration_is_refused_in_words_and_makes_no_session(
        string name, string type, string json, string constraints, string words) =>
        Assert.StartsWith(words, new Draft().Refused(RefusalKind.Invalid, Ask.Register(name, json, type, constraints)));

    [Fact]
    public void A_name_that_is_anothers_id_is_refused_and_an_id_is_never_anothers_name()
    {
        var draft = Draft.With("x");
        Assert.Equal("var_x_1 is the id of another variable", draft.Refused(RefusalKind.AlreadyExists, Ask.Register("var_x_1")));
        draft.Ok<IMessage>(Ask.Register("var_y_3"));
        Assert.Equal("var_y_3.2", draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("y")).VariableId);
        Assert.Equal("var_y_3", draft.Find("var_y_3").Name);
        Assert.Equal("y", draft.Find("var_y_3.2").Name);
    }

    [Fact]
    public void An_id_never_returns_even_where_names_are_made_to_look_like_ids()
    {
        var draft = Draft.With("var_a_5");
        var first = draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("a_5")).VariableId;
        draft.Ok<IMessage>(Ask.Delete("a_5"));
        draft.Ok<IMessage>(Ask.Set("var_a_5", "1"));
        Assert.NotEqual(first, draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("a")).VariableId);
    }

    [Fact]
    public void A_variable_is_found_by_id_first_and_then_by_name()
    {
        var draft = Draft.With("x", "y");
        Assert.Equal("x", draft.Find("var_x_1").Name);
        Assert.Equal("var_y_2", draft.Find("y").Id);
        draft.Ok<IMessage>(Ask.Delete("x"));
        Assert.Equal("Variable not found: x", draft.Refused(RefusalKind.NotFound, Ask.Set("x", "1")));
        Assert.Equal("var_x_4", draft.Ok<EncodedRegisterVariableResponse>(Ask.Register("x")).VariableId);
        Assert.Equal("Variable not found: var_x_1", draft.Refused(RefusalKind.NotFound, Ask.Set("var_x_1", "1")));
    }

    [Fact]
    public void Limits_are_named_with_their_value()
    {
        var limits = new SessionLimits { MaxVariables = 1, MaxNameBytes = 5, MaxMetadataEntries = 1, MaxMetadataBytes = 9, MaxConstraintsBytes = 8, MaxValueBytes = 3 };
        var draft = new Draft(limits);
        var metadata = Ask.Register("x");
        metadata.Metadata.Add("k", "1234567890");
        Assert.Equal("Variable x: metadata has 11 bytes, the limit is 9", draft.Refused(RefusalKind.Exhausted, metadata));
        metadata.Metadata.Add("l", "");
        Assert.Equal("Variable x: metadata has 2 entries, the limit is 1", draft.Refused(RefusalKind.Exhausted, metadata));
        Assert.Equal("variable name has 6 bytes, the limit is 5", draft.Refused(RefusalKind.Invalid, Ask.Register("äöü")));
        Assert.Equal(
            "Variable x: constraints_json has 9 bytes, the limit is 8", draft.Refused(RefusalKind.Exhausted, Ask.Register("x", constraints: """{"min":0}""")));
        Assert.Contains("limit of 3 bytes", draft.Refused(RefusalKind.Exhausted, Ask.Register("x", "1000")), StringComparison.Ordinal);
        draft.Ok<IMessage>(Ask.Register("x"));
        Assert.Equal("the session has 1 variables, the limit is 1", draft.Refused(RefusalKind.Exhausted, Ask.Register("y")));
    }

    [Theory]
    [InlineData("[]", "Variable x: access_control_json must be a JSON object")]
    [InlineData("{", "Variable x: access_control_json is not valid JSON")]
    public void Access_control_must_be_an_object(string json, string words)
    {
        var request = Ask.Register("x");
        request.AccessControlJson = json;
        Assert.Equal(words, Draft.With().Refused(RefusalKind.Invalid, request));
    }

    [Fact]
    public void Initialize_makes_the_session_once_and_keeps_its_first_metadata()
    {
        var draft = new Draft();
        var request = Ask.Initialize(ttlSeconds: 7);
        request.Metadata["a"] = "first";
        draft.Ok<IMessage>(request);
        draft.Ok<IMessage>(Ask.Register("x"));
        request.Metadata["a"] = "second";
        var reply = draft.Ok<EncodedInitializeSessionResponse>(request);
        Assert.Equal(["x"], reply.InitialVariables.Keys);
        draft.Commit();
        Assert.Equal("first", draft.State!.Header.Metadata["a"]);
        Assert.Equal(TimeSpan.FromSeconds(7), draft.State.Ttl(SessionSettings.Default));
    }

    [Theory]
    [InlineData(-1, 0, "config.ttl_seconds must not be negative, got -1")]
    [InlineData(0, -2, "config.history_limit must not be negative, got -2")]
    public void A_bad_configuration_is_refused(int ttl, int history, string words) =>
        Assert.Equal(words, new Draft().Refused(RefusalKind.Invalid, Ask.Initialize(ttl, history)));

    [Fact]
    public void Every_other_command_needs_a_session()
    {
        IMessage[] requests =
        [
            Ask.Set("x", "1"), Ask.SetAll(atomic: true), Ask.Delete("x"), Ask.Depend("x", "y"), Ask.Start("x"), Ask.Stop("x"),
            Ask.RollBack("x", 0), Ask.Update("x"),
        ];
        Assert.All(requests, request => Assert.Equal("Session not found: s", new Draft().Refused(RefusalKind.NotFound, request)));
    }
}
