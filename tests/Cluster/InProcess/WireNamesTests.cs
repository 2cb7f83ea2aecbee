using System.Reflection;
using Snakepit.Grains;

namespace Snakepit.Tests.Cluster.InProcess;

/// <summary>
/// What the versions of a cluster's processes call things by. Whatever is renamed here, a rolling upgrade cannot
/// bridge, and what is stored is lost.
/// </summary>
public sealed class WireNamesTests
{
    private static readonly string[] Expected =
    [
        "interface snakepit.calculator: add, create, divide, end, expire, multiply, subtract",
        "interface snakepit.session: call, expire, watch",
        "interface snakepit.silo: count-active, describe-active, find-active",
        "interface snakepit.tool-directory: exchange",
        "grain calculator",
        "grain session",
        "grain silo",
        "grain tool-directory",
        "type snakepit.calculation-reply: 0 Value, 1 Refused, 2 Reason",
        "type snakepit.calculation-state: 0 Value, 1 LastUsed",
        "type snakepit.interest: 0 Gateway, 1 Sequence, 2 Watchers",
        "type snakepit.named-silo-placement: ",
        "type snakepit.session-reply: 0 Message, 1 Refused, 2 Reason",
        "type snakepit.session-request: 0 Message, 1 Interest, 2 Principal, 3 IsBound",
        "storage calculations: calculation",
        "streams snakepit: session, PubSubStore",
    ];

    [Fact]
    public void What_processes_of_different_versions_share_keeps_its_name()
    {
        var types = new[] { typeof(ISessionGrain).Assembly, typeof(SiloSessions).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute)))
            .ToList();
        string[] found =
        [
            .. types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)))
                .Select(type => $"interface {AliasOf(type)}: {Join(type.GetMethods().Select(AliasOf))}").Order(),
            .. types.Where(type => type.IsAssignableTo(typeof(Grain)))
                .Select(type => $"grain {type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type)}").Order(),
            .. types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute)))
                .Select(type => $"type {AliasOf(type)}: {string.Join(", ", FieldsOf(type))}").Order(),
            $"storage {CalculatorStorage.Provider}: {CalculatorStorage.StateName}",
            $"streams {SessionStreams.DefaultProvider}: {SessionStreams.Namespace}, {SessionStreams.SubscriptionStorage}",
        ];
        Assert.Equal(Expected, found);
    }

    // A name that is not given follows the code, so it is none.
    private static string AliasOf(MemberInfo member) =>
        member.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"({member.Name} has no alias)";

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static IEnumerable<string> FieldsOf(Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(property => property.IsDefined(typeof(IdAttribute)))
        .OrderBy(property => property.GetCustomAttribute<IdAttribute>()!.Id)
        .Select(property => $"{property.GetCustomAttribute<IdAttribute>()!.Id} {property.Name}");
}
