using System.Globalization;

namespace Drift.Deploy.Tests;

public sealed class KubernetesTests
{
    private const string Name = "app.kubernetes.io/name";

    public static TheoryData<string> Overlays => ["dev", "prod"];

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_variable_that_a_silo_reads_by_name_and_every_option_of_its_place_is_set(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var variables = manifests.EnvironmentOf(Silo(manifests));

        Assert.NotEmpty(Code.PlainVariables);
        Assert.Empty(Code.PlainVariables.Except(variables.Keys));
        // The two that differ from pod to pod follow from the pod's own variables.
        var perPod = new[] { "SiloName", "AdvertisedAddress" };
        Assert.All(Code.ClusterOptions.Except(perPod), o => Assert.True(variables.ContainsKey($"Drift__Cluster__{o}"), $"Drift__Cluster__{o} is not set."));
        Assert.True(variables.ContainsKey("ConnectionStrings__DriftFile"));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_option_that_is_set_is_one_that_exists(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var set = Containers(manifests).SelectMany(c => manifests.EnvironmentOf(c).Keys).Where(k => k.StartsWith("Drift__", StringComparison.Ordinal));

        Assert.DoesNotContain(set.Select(v => WithoutScopeIndex(Code.WithoutIndices(v))), v => !Code.DocumentedOptions.Contains(v));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Ports_are_those_that_the_silo_is_told_to_listen_on(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var variables = manifests.EnvironmentOf(Silo(manifests));

        Assert.Equal(Port(Silo(manifests), "http"), new Uri(variables["ASPNETCORE_URLS"]!.Replace("0.0.0.0", "host", StringComparison.Ordinal)).Port);
        Assert.Equal(Port(Silo(manifests), "silo").ToString(CultureInfo.InvariantCulture), variables["Drift__Cluster__SiloPort"]);
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Probes_ask_the_paths_that_the_api_serves_on_a_port_of_the_container(string overlay)
    {
        var silo = Silo(Manifests.Of(overlay));
        foreach (var (probe, path) in new[] { ("startupProbe", "/health/startup"), ("readinessProbe", "/health/ready"), ("livenessProbe", "/health/live") })
        {
            Assert.Equal(path, Yaml.Text(silo, $"{probe}.httpGet.path"));
            Assert.Contains(path, Code.HealthPaths);
            Assert.Equal(8080, Port(silo, Yaml.Text(silo, $"{probe}.httpGet.port")!));
        }
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_selector_finds_the_pods_that_it_means(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        foreach (var owner in manifests.OfKind("Deployment").Concat(manifests.OfKind("StatefulSet")))
            Assert.True(Selects(Yaml.Map(owner, "spec.selector.matchLabels"), Yaml.Map(owner, "spec.template.metadata.labels")));

        var pods = manifests.Pods.ToDictionary(p => p.Name, p => Yaml.Map(p.Template, "metadata.labels"));
        string[] Found(object selector, string path) => [.. pods.Where(p => Selects(Yaml.Map(selector, path), p.Value)).Select(p => p.Key)];

        Assert.Equal(["drift"], Found(manifests.Get("Service", "drift"), "spec.selector"));
        Assert.Equal(["drift"], Found(manifests.Get("PodDisruptionBudget", "drift"), "spec.selector.matchLabels"));
        Assert.Equal(["drift"], Found(manifests.Get("NetworkPolicy", "drift"), "spec.podSelector.matchLabels"));
        Assert.Equal(["drift-migrate"], Found(manifests.Get("NetworkPolicy", "drift-migrate"), "spec.podSelector.matchLabels"));
        Assert.Equal(["drift"], Found(manifests.Get("Deployment", "drift"), "spec.template.spec.topologySpreadConstraints.0.labelSelector.matchLabels"));
        foreach (var monitor in manifests.OfKind("ServiceMonitor"))
        {
            var service = manifests.Get("Service", "drift");
            Assert.True(Selects(Yaml.Map(monitor, "spec.selector.matchLabels"), Yaml.Map(service, "metadata.labels")));
            Assert.Equal(Yaml.Text(service, "spec.ports.0.name"), Yaml.Text(monitor, "spec.endpoints.0.port"));
            Assert.Equal("/metrics", Yaml.Text(monitor, "spec.endpoints.0.path"));
        }

        foreach (var scaler in manifests.OfKind("HorizontalPodAutoscaler"))
            Assert.NotNull(manifests.Get(Yaml.Text(scaler, "spec.scaleTargetRef.kind")!, Yaml.Text(scaler, "spec.scaleTargetRef.name")!));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void The_port_between_silos_is_open_to_silos_only(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var policy = manifests.Get("NetworkPolicy", "drift");
        var rules = Yaml.List(policy, "spec.ingress").Where(r => Yaml.List(r, "ports").Any(p => Yaml.Text(p, "port") == "silo")).ToArray();

        var from = Assert.Single(Yaml.List(Assert.Single(rules), "from"));
        Assert.True(Selects(Yaml.Map(from, "podSelector.matchLabels"), Yaml.Map(manifests.Get("Deployment", "drift"), "spec.template.metadata.labels")));
        Assert.Null(Yaml.At(from, "namespaceSelector"));
        Assert.All(Yaml.List(policy, "spec.ingress"), r => Assert.NotEmpty(Yaml.List(r, "ports")));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_image_has_a_tag_and_none_moves(string overlay) =>
        Assert.All(Containers(Manifests.Of(overlay)), c => Images.AssertPinned(Yaml.Text(c, "image")!));

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void No_secret_is_written_down(string overlay)
    {
        var manifests = Manifests.Of(overlay);

        Assert.Empty(manifests.OfKind("Secret"));
        foreach (var (name, value) in Containers(manifests).SelectMany(manifests.EnvironmentOf))
            Assert.False(value is not null && Images.IsSecretName(name), $"{name} has its value in clear.");
        Assert.DoesNotContain(manifests.OfKind("ConfigMap").SelectMany(m => Yaml.Map(m, "data").Values), v => v.Contains("Password", StringComparison.OrdinalIgnoreCase));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_container_runs_without_rights_on_a_read_only_file_system_within_memory(string overlay)
    {
        foreach (var (name, template) in Manifests.Of(overlay).Pods)
        {
            Assert.Equal("true", Yaml.Text(template, "spec.securityContext.runAsNonRoot"));
            Assert.Equal("RuntimeDefault", Yaml.Text(template, "spec.securityContext.seccompProfile.type"));
            Assert.Equal("false", Yaml.Text(template, "spec.automountServiceAccountToken"));
            foreach (var container in Yaml.List(template, "spec.containers"))
            {
                Assert.Equal("false", Yaml.Text(container, "securityContext.allowPrivilegeEscalation"));
                Assert.Equal("true", Yaml.Text(container, "securityContext.readOnlyRootFilesystem"));
                Assert.Equal("ALL", Yaml.Text(container, "securityContext.capabilities.drop.0"));
                Assert.True(Yaml.Text(container, "resources.limits.memory") is { Length: > 0 }, $"{name} has no memory limit.");
                Assert.True(Yaml.Text(container, "resources.requests.cpu") is { Length: > 0 }, $"{name} asks for no CPU.");
                Assert.Null(Yaml.At(container, "resources.limits.cpu"));
                Assert.Contains(Yaml.List(container, "volumeMounts"), m => Yaml.Text(m, "mountPath") == "/tmp");
            }
        }
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_mounted_file_that_a_silo_is_pointed_to_is_there(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        foreach (var (_, template) in manifests.Pods.Where(p => p.Name.StartsWith("drift", StringComparison.Ordinal)))
        {
            var container = Assert.Single(Yaml.List(template, "spec.containers"));
            var file = manifests.EnvironmentOf(container)["ConnectionStrings__DriftFile"]!;
            var mount = Yaml.List(container, "volumeMounts").Single(m => Yaml.Text(m, "mountPath") == Path.GetDirectoryName(file));
            var volume = Yaml.List(template, "spec.volumes").Single(v => Yaml.Text(v, "name") == Yaml.Text(mount, "name"));
            Assert.Equal("drift-database", Yaml.Text(volume, "secret.secretName"));
            // The name that README.md gives the key.
            Assert.Equal("connection-string", Path.GetFileName(file));
        }
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void A_silo_has_room_on_a_disk_for_the_panes_that_it_does_not_hold_in_memory(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var settings = manifests.EnvironmentOf(Silo(manifests));
        var mount = Yaml.List(Silo(manifests), "volumeMounts").Single(m => Yaml.Text(m, "mountPath") == settings["Drift__PaneShelf__Folder"]);
        var volume = Yaml.List(manifests.Get("Deployment", "drift"), "spec.template.spec.volumes").Single(v => Yaml.Text(v, "name") == Yaml.Text(mount, "name"));

        Assert.Null(Yaml.Text(volume, "emptyDir.medium"));
        // A pod whose volume is larger than its limit is evicted.
        var limit = long.Parse(Yaml.Text(volume, "emptyDir.sizeLimit")!.Replace("Gi", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 30;
        Assert.InRange(long.Parse(settings["Drift__PaneShelf__MaxBytes"]!, CultureInfo.InvariantCulture), 1L << 30, limit - (1L << 29));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void A_silo_has_time_to_drain_and_leave_before_it_is_killed(string overlay)
    {
        var manifests = Manifests.Of(overlay);
        var grace = TimeSpan.FromSeconds(int.Parse(Yaml.Text(manifests.Get("Deployment", "drift"), "spec.template.spec.terminationGracePeriodSeconds")!, CultureInfo.InvariantCulture));
        var drain = TimeSpan.Parse(manifests.EnvironmentOf(Silo(manifests))["Drift__Cluster__DrainDelay"]!, CultureInfo.InvariantCulture);

        Assert.True(drain < Code.ShutdownTimeout && Code.ShutdownTimeout < grace, $"drain {drain} < stop {Code.ShutdownTimeout} < grace {grace}");
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void A_rollout_never_takes_a_silo_away_before_its_successor_serves(string overlay)
    {
        var deployment = Manifests.Of(overlay).Get("Deployment", "drift");

        Assert.Equal("0", Yaml.Text(deployment, "spec.strategy.rollingUpdate.maxUnavailable"));
        Assert.Equal("1", Yaml.Text(Manifests.Of(overlay).Get("PodDisruptionBudget", "drift"), "spec.maxUnavailable"));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Every_object_says_what_it_belongs_to(string overlay) =>
        Assert.All(
            Manifests.Of(overlay).Objects.Where(o => Yaml.Text(o, "kind") != "Namespace" && Yaml.Text(o, "metadata.name") != "postgres"),
            o => Assert.Equal("drift", Yaml.Map(o, "metadata.labels")[Name]));

    private static object Silo(Manifests manifests) => Yaml.At(manifests.Get("Deployment", "drift"), "spec.template.spec.containers.0")!;

    private static IEnumerable<object> Containers(Manifests manifests) =>
        manifests.Pods.SelectMany(p => Yaml.List(p.Template, "spec.initContainers").Concat(Yaml.List(p.Template, "spec.containers")));

    private static int Port(object container, string name) =>
        int.Parse(Yaml.Text(Yaml.List(container, "ports").Single(p => Yaml.Text(p, "name") == name), "containerPort")!, CultureInfo.InvariantCulture);

    private static bool Selects(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Count > 0 && selector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value);

    private static string WithoutScopeIndex(string variable) => variable.Replace("__Scopes__N", "__Scopes", StringComparison.Ordinal);
}
