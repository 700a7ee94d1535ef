using System.Text.RegularExpressions;
using Drift.Support;

namespace Drift.Deploy.Tests;

public sealed partial class ComposeTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "docker");
    private static readonly string Text = File.ReadAllText(Path.Combine(Folder, "compose.yaml"));
    private static readonly object Compose = Yaml.Documents(Text).Single();

    private static IReadOnlyList<string> Silos => [.. Yaml.Map(Compose, "services").Keys.Where(s => s.StartsWith("silo-", StringComparison.Ordinal))];

    [Fact]
    public void Two_silos_run_beside_their_database_and_what_watches_them() =>
        Assert.Equal(["alertmanager", "grafana", "migrate", "postgres", "prometheus", "silo-1", "silo-2"], Yaml.Map(Compose, "services").Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_image_has_a_tag_and_none_moves()
    {
        foreach (var service in Yaml.Map(Compose, "services").Keys)
        {
            var image = Yaml.Text(Compose, $"services.{service}.image") ?? Yaml.Text(Extended(service), "image");
            Images.AssertPinned(image ?? throw new InvalidOperationException($"{service} has no image."));
        }
    }

    [Fact]
    public void Every_password_and_key_must_be_given_and_is_named_in_the_example()
    {
        var named = File.ReadAllLines(Path.Combine(Folder, "env.example")).Where(l => l.Contains('=', StringComparison.Ordinal) && !l.StartsWith('#'))
            .Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        var grafana = File.ReadAllText(Path.Combine(Repository.Root, "grafana", "compose.yaml"));
        var variables = Variable().Matches(Text + grafana).ToLookup(m => m.Groups["name"].Value, m => m.Groups["rest"].Value, StringComparer.Ordinal);
        var secrets = variables.Where(v => Images.IsSecretName(v.Key)).ToArray();

        Assert.NotEmpty(secrets);
        Assert.All(secrets, s => Assert.All(s, rest => Assert.StartsWith(":?", rest, StringComparison.Ordinal)));
        Assert.Equal(secrets.Select(s => s.Key).Order(StringComparer.Ordinal), named.Keys.Order(StringComparer.Ordinal));
        Assert.All(named.Values, Assert.Empty);
    }

    [Fact]
    public void No_secret_is_written_down()
    {
        foreach (var service in Yaml.Map(Compose, "services").Keys)
            foreach (var (name, value) in Yaml.Map(Compose, $"services.{service}.environment").Where(v => Images.IsSecretName(v.Key)))
                Assert.True(value.Contains(":?", StringComparison.Ordinal), $"{service} has {name} in clear.");
    }

    [Fact]
    public void Every_option_that_is_set_is_one_that_exists()
    {
        var set = Silos.SelectMany(s => Yaml.Map(Compose, $"services.{s}.environment").Keys).Where(k => k.StartsWith("Drift__", StringComparison.Ordinal))
            .Select(k => Code.WithoutIndices(k).Replace("__Scopes__N", "__Scopes", StringComparison.Ordinal)).Distinct();

        Assert.DoesNotContain(set, v => !Code.DocumentedOptions.Contains(v));
    }

    [Fact]
    public void Each_silo_advertises_the_address_that_it_has_and_prometheus_asks_each()
    {
        var targets = File.ReadAllText(Path.Combine(Folder, "targets", "drift.yml"));
        var subnet = System.Net.IPNetwork.Parse(Yaml.Text(Compose, "networks.drift.ipam.config.0.subnet")!);
        foreach (var silo in Silos)
        {
            var address = Yaml.Text(Compose, $"services.{silo}.networks.drift.ipv4_address")!;
            Assert.Equal(address, Yaml.Text(Compose, $"services.{silo}.environment.Drift__Cluster__AdvertisedAddress"));
            Assert.True(subnet.Contains(System.Net.IPAddress.Parse(address)));
            Assert.Contains($"\"{silo}:8080\"", targets, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Silos_run_without_rights_on_a_read_only_file_system_and_wait_for_the_migration()
    {
        foreach (var silo in Silos.Append("migrate"))
        {
            Assert.Equal("true", Yaml.Text(Compose, $"services.{silo}.read_only"));
            Assert.Equal("ALL", Yaml.Text(Compose, $"services.{silo}.cap_drop.0"));
            Assert.Equal("no-new-privileges:true", Yaml.Text(Compose, $"services.{silo}.security_opt.0"));
        }

        Assert.All(Silos, s => Assert.Equal("service_completed_successfully", Yaml.Text(Compose, $"services.{s}.depends_on.migrate.condition")));
        Assert.Equal("service_healthy", Yaml.Text(Compose, "services.migrate.depends_on.postgres.condition"));
    }

    [Fact]
    public void Nothing_listens_beyond_this_machine() =>
        Assert.All(
            Yaml.Map(Compose, "services").Keys.SelectMany(s => Yaml.List(Compose, $"services.{s}.ports").Concat(Yaml.List(Extended(s), "ports"))).OfType<string>(),
            p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));

    [Fact]
    public void Every_file_and_service_that_is_referred_to_exists()
    {
        foreach (var service in Yaml.Map(Compose, "services").Keys)
        {
            if (Yaml.At(Compose, $"services.{service}.extends") is not null)
                Assert.NotNull(Extended(service));
            if (Yaml.Text(Compose, $"services.{service}.build.dockerfile") is { } dockerfile)
                Assert.True(File.Exists(Path.Combine(Repository.Root, dockerfile)));
            foreach (var source in Yaml.List(Compose, $"services.{service}.volumes").OfType<string>().Select(v => v.Split(':')[0]).Where(s => s.StartsWith('.')))
                Assert.True(Path.Exists(Path.Combine(Folder, source)), $"{service} mounts {source}, which is not there.");
        }
    }

    private static object? Extended(string service) => Yaml.Text(Compose, $"services.{service}.extends.file") is { } file
        ? Yaml.At(Yaml.Documents(File.ReadAllText(Path.Combine(Folder, file))).Single(), $"services.{Yaml.Text(Compose, $"services.{service}.extends.service")}")
        : null;

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(?<rest>[^}]*)\}")]
    private static partial Regex Variable();
}
