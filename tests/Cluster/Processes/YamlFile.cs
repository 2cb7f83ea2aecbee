using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>A YAML file of the repository, as JSON: each scalar is a string.</summary>
internal static class YamlFile
{
    /// <summary>Its documents, in order. An alias reaches no further than its document; merge keys are resolved.</summary>
    public static IReadOnlyList<JsonNode> Read(string path)
    {
        using var text = new StreamReader(SourceTree.Full(path));
        var parser = new MergingParser(new Parser(text));
        var deserializer = new Deserializer();
        var serializer = new SerializerBuilder().JsonCompatible().Build();
        List<JsonNode> documents = [];
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            var document = deserializer.Deserialize<Dictionary<string, object>>(parser);
            documents.Add(JsonNode.Parse(serializer.Serialize(document))!);
        }

        return documents;
    }

    /// <summary>The strings of a list.</summary>
    public static IReadOnlyList<string> Strings(this JsonNode? list) => [.. list!.AsArray().Select(item => item!.GetValue<string>())];

    public static string Text(this JsonNode? scalar) => scalar!.GetValue<string>();
}
