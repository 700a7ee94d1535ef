using System.Collections.Concurrent;
using System.Diagnostics;
using Drift.Support;

namespace Drift.Deploy.Tests;

/// <summary>The manifests of an overlay as <c>kubectl apply -k</c> would send them.</summary>
internal sealed class Manifests
{
    private static readonly ConcurrentDictionary<string, Lazy<Manifests>> Rendered = new();

    private Manifests(IReadOnlyList<object> objects) => Objects = objects;

    /// <summary>Every object.</summary>
    public IReadOnlyList<object> Objects { get; }

    /// <summary>Every pod template, with the name of what makes pods of it.</summary>
    public IEnumerable<(string Name, object Template)> Pods => Objects
        .Where(o => Yaml.At(o, "spec.template.spec") is not null)
        .Select(o => (Yaml.Text(o, "metadata.name")!, Yaml.At(o, "spec.template")!));

    /// <summary>Renders <c>deploy/k8s/overlays/{overlay}</c>, once.</summary>
    public static Manifests Of(string overlay) => Rendered.GetOrAdd(overlay, static o => new Lazy<Manifests>(() => new Manifests(Yaml.Documents(Render(o))))).Value;

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<object> OfKind(string kind) => Objects.Where(o => Yaml.Text(o, "kind") == kind);

    /// <summary>The one object of a kind and name.</summary>
    public object Get(string kind, string name) => OfKind(kind).Single(o => Yaml.Text(o, "metadata.name") == name);

    /// <summary>Every variable that a container gets, with its value; null where it comes from a secret or a field.</summary>
    public IReadOnlyDictionary<string, string?> EnvironmentOf(object container)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var source in Yaml.List(container, "envFrom"))
            foreach (var (name, value) in Yaml.Map(Get("ConfigMap", Yaml.Text(source, "configMapRef.name")!), "data"))
                variables[name] = value;
        foreach (var variable in Yaml.List(container, "env"))
            variables[Yaml.Text(variable, "name")!] = Yaml.Text(variable, "value");
        return variables;
    }

    private static string Render(string overlay)
    {
        var start = new ProcessStartInfo(Executables.Find("kubectl")!, ["kustomize", Path.Combine(Repository.Root, "deploy", "k8s", "overlays", overlay)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"kubectl kustomize {overlay} failed: {error.GetAwaiter().GetResult()}");
    }
}
