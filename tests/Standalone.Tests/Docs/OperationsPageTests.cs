using System.Globalization;
using System.Reflection;
using Drift.Delivery.Alerts;
using Drift.Delivery.Triggers;
using Drift.Standalone.Tests.Crash;
using Drift.Support;
using Microsoft.Extensions.Logging;

namespace Drift.Standalone.Tests.Docs;

/// <summary><c>docs/operations.md</c> has every option with its default, and every event of the log.</summary>
[Collection(nameof(HostProcess))]
public sealed class OperationsPageTests
{
    private static readonly Assembly[] Assemblies =
        [.. new[] { "Core", "Actors", "Storage", "Delivery", "Telemetry", "Api", "Hosting", "Standalone" }.Select(n => Assembly.Load($"Drift.{n}"))];

    [Fact]
    public void It_has_every_option_with_its_default_and_no_other()
    {
        var options = Assemblies.SelectMany(a => a.GetTypes())
            .Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal))
            .Select(t => (Type: t, Section: t.GetField("SectionName")?.GetRawConstantValue() as string))
            .Where(t => t.Section is not null && t.Type != typeof(Api.Auth.ApiKeyOptions) && t.Type != typeof(WebhookOptions)
                && t.Type != typeof(TriggerDestinationOptions))
            .Append((typeof(Api.Auth.ApiKeyEntry), Api.Auth.ApiKeyOptions.SectionName + ":N"))
            .Append((typeof(WebhookEntry), WebhookOptions.SectionName + ":N"))
            .Append((typeof(TriggerDestinationEntry), TriggerDestinationOptions.SectionName + ":N"))
            .SelectMany(t => t.Item1.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => !typeof(Delegate).IsAssignableFrom(p.PropertyType))
                .Select(p => (Key: $"{t.Item2}:{p.Name}", Default: Text(p.GetValue(Activator.CreateInstance(t.Item1))))))
            // Two parts may read one key; then their defaults are the same.
            .Distinct()
            .ToDictionary(o => o.Key, o => o.Default, StringComparer.Ordinal);

        var table = Markdown.Table(Markdown.Read("docs/operations.md"), "Configuration");

        Assert.Equal(options.Keys.Order(StringComparer.Ordinal), table.Select(r => r[0].Trim('`')).Order(StringComparer.Ordinal));
        foreach (var row in table)
        {
            var key = row[0].Trim('`');
            Assert.Equal((key, options[key]), (key, row[2].Split(" (")[0]));
            var variable = row[1].Trim('`');
            Assert.Equal(key.Replace(":", "__", StringComparison.Ordinal), variable.EndsWith("__0", StringComparison.Ordinal) ? variable[..^3] : variable);
        }
    }

    [Fact]
    public void It_has_every_event_of_the_log_and_each_number_means_one_event()
    {
        var events = Assemblies.SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null)
            .ToList();
        var ambiguous = events.GroupBy(e => e.Message!.EventId)
            .Where(g => g.Select(e => (e.Message!.Message, e.Message.Level)).Distinct().Count() > 1)
            .Select(g => g.Key);
        Assert.Equal([], ambiguous);

        var table = Markdown.Table(Markdown.Read("docs/operations.md"), "Events in the log");

        Assert.Equal(
            events.Select(e => (e.Message!.EventId, e.Message.Level.ToString())).Distinct().OrderBy(e => e.EventId),
            table.Select(r => (int.Parse(r[0], CultureInfo.InvariantCulture), r[2])));
        foreach (var (_, message) in events.Where(e => e.Message!.EventName is not null))
            Assert.Equal(message!.EventName, table.Single(r => r[0] == message.EventId.ToString(CultureInfo.InvariantCulture))[1]);
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://0.0.0.0:18999", "no API key is configured")]
    [InlineData("Kestrel__Endpoints__Http__Url", "http://0.0.0.0:18999", "no API key is configured")]
    [InlineData("Drift__Actors__SnapshotEvery", "0", "Drift:Actors:SnapshotEvery is 0")]
    [InlineData("Drift__Metrics__MaxFeatureSeries", "-1", "Drift:Metrics:MaxFeatureSeries is -1")]
    [InlineData("Drift__Actors__IdleTimeout", "soon", "Drift:Actors:IdleTimeout")]
    [InlineData("Drift__Delivery__MaxConcurrent", "0", "Drift:Delivery:MaxConcurrent is 0")]
    [InlineData("Drift__Alerts__Slack__Url", "http://10.0.0.1/secret", "Drift:Alerts:Slack:Url cannot be used: it has a private address")]
    [InlineData("Drift__Alerts__Webhooks__0__Url", "https://example.org/", "Drift:Alerts:Webhooks:0:Secret is missing")]
    [InlineData("ConnectionStrings__Drift", "no connection string", "ConnectionStrings:Drift cannot be read")]
    public async Task A_refused_start_says_what_the_runbook_says(string variable, string value, string message)
    {
        using var data = new TempDirectory();
        var (code, said) = await HostProcess.RunAsync(data.Path, ["serve"], new() { [variable] = value });

        Assert.Equal(2, code);
        Assert.StartsWith("Not started", said.TrimStart(), StringComparison.Ordinal);
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task An_unmigrated_PostgreSQL_refuses_the_start_until_it_is_migrated()
    {
        using var data = new TempDirectory();
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();

        var (code, said) = await HostProcess.RunAsync(data.Path, ["serve"], postgres: database);
        Assert.Equal(2, code);
        Assert.Contains("migration(s) (001_initial", said, StringComparison.Ordinal);

        Assert.Equal(0, (await HostProcess.RunAsync(data.Path, ["migrate"], postgres: database)).ExitCode);
        await using var host = await HostProcess.StartAsync(data.Path, postgres: database);
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        string text => text,
        // As one writes it: a fraction of a second without its last zeros.
        TimeSpan time => time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "c" : @"hh\:mm\:ss\.FFFFFFF", CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => list.Cast<object>().Any() ? "some" : "none",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
