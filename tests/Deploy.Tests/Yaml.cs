using YamlDotNet.Serialization;

namespace Drift.Deploy.Tests;

/// <summary>Reading YAML as nested maps and lists; anchors and merges are resolved.</summary>
internal static class Yaml
{
    /// <summary>The documents of a text.</summary>
    public static IReadOnlyList<object> Documents(string text)
    {
        var deserializer = new DeserializerBuilder().Build();
        var parser = new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(text)));
        parser.MoveNext();
        var documents = new List<object>();
        while (parser.Current is not YamlDotNet.Core.Events.StreamEnd)
        {
            if (parser.Current is YamlDotNet.Core.Events.DocumentStart && deserializer.Deserialize(parser) is { } document)
                documents.Add(document);
            else
                parser.MoveNext();
        }

        return documents;
    }

    /// <summary>What lies at a path of keys and indices joined by dots, or null.</summary>
    public static object? At(object? node, string path)
    {
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                IDictionary<object, object> map => map.TryGetValue(step, out var value) ? value : null,
                IList<object> list when int.TryParse(step, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text at a path, or null.</summary>
    public static string? Text(object? node, string path) => At(node, path) as string;

    /// <summary>The items of the list at a path; none where there is no list.</summary>
    public static IReadOnlyList<object> List(object? node, string path) => At(node, path) is IList<object> list ? [.. list] : [];

    /// <summary>The texts of the map at a path; none where there is no map.</summary>
    public static IReadOnlyDictionary<string, string> Map(object? node, string path) =>
        At(node, path) is IDictionary<object, object> map
            ? map.ToDictionary(e => (string)e.Key, e => e.Value as string ?? "", StringComparer.Ordinal)
            : new Dictionary<string, string>();
}
