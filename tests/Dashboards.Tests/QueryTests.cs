using System.Globalization;
using System.Text.RegularExpressions;
using Drift.Dashboards.Tests.Grafana;
using Drift.Dashboards.Tests.Stack;
using Drift.Support;
using Xunit.Abstractions;
using YamlDotNet.RepresentationModel;

namespace Drift.Dashboards.Tests;

/// <summary>No panel, annotation or variable is empty or wrong while the product runs.</summary>
[Collection(nameof(Observed))]
public sealed partial class QueryTests(Observed observed, ITestOutputHelper output)
{
    [ObservedFact]
    public async Task Every_panel_annotation_and_variable_answers_with_data()
    {
        var now = DateTimeOffset.UtcNow;
        var faults = new List<string>();
        var skipped = 0;
        foreach (var dashboard in Dashboard.All())
        {
            var values = await observed.Sources.VariablesAsync(dashboard, now);
            foreach (var variable in dashboard.Variables)
                Report(dashboard, $"variable {variable["name"]}", values[(string)variable["name"]!].All.Count, null);

            var macros = new Macros(now - dashboard.Range, now, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), values);
            foreach (var annotation in dashboard.Annotations)
                await RunAsync(dashboard, $"annotation {annotation["name"]}", () => observed.Sources.RunAsync(annotation["target"]!.AsObject(), macros));

            foreach (var panel in dashboard.Panels)
            {
                if (panel.NeedsCluster)
                {
                    skipped += panel.Targets.Count;
                    output.WriteLine($"{dashboard.Name,-28} {panel.Title,-40} not run: needs the cluster");
                    continue;
                }

                foreach (var target in panel.Targets)
                    await RunAsync(dashboard, $"{panel.Title} {target["refId"]}", () => observed.Sources.RunAsync(dashboard, panel, target, values, now));
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{skipped} targets were not run: they need the cluster."));
        Assert.Equal([], faults);

        async Task RunAsync(Dashboard dashboard, string what, Func<Task<QueryResult>> query)
        {
            try
            {
                Report(dashboard, what, (await query()).Count, null);
            }
            catch (InvalidOperationException e)
            {
                Report(dashboard, what, 0, e.Message);
            }
        }

        void Report(Dashboard dashboard, string what, int rows, string? fault)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dashboard.Name,-28} {what,-40} {rows,7}"));
            if (rows == 0)
                faults.Add($"{dashboard.Name}, {what}: {fault ?? "no data"}");
        }
    }

    [ObservedFact]
    public async Task A_metric_of_ours_that_is_renamed_empties_a_panel()
    {
        var now = DateTimeOffset.UtcNow;
        var targets = new List<(Dashboard Dashboard, Panel Panel, System.Text.Json.Nodes.JsonObject Target, string Expression)>();
        var values = new Dictionary<string, Dictionary<string, VariableValue>>();
        foreach (var dashboard in Dashboard.All())
        {
            values[dashboard.Uid] = await observed.Sources.VariablesAsync(dashboard, now);
            targets.AddRange(
                from p in dashboard.Panels
                where !p.NeedsCluster
                from t in p.Targets
                where DataSources.IsPrometheus(t)
                select (dashboard, p, t, (string)t["expr"]!));
        }

        var unnoticed = new List<string>();
        foreach (var metric in Exported(await observed.MetricsAsync()).Where(m => Ours().IsMatch(m)))
        {
            // To a query it is the same whether the product renames its metric or the query asks for another one.
            var name = new Regex($@"\b{metric}(?=(_total|_bucket|_sum|_count)?\b)", RegexOptions.CultureInvariant);
            var noticed = false;
            foreach (var (dashboard, panel, target, expression) in targets.Where(t => name.IsMatch(t.Expression)))
            {
                var renamed = target.DeepClone().AsObject();
                renamed["expr"] = name.Replace(expression, "renamed_" + metric);
                noticed |= (await observed.Sources.RunAsync(dashboard, panel, renamed, values[dashboard.Uid], now)).Count == 0;
                if (noticed)
                    break;
            }

            if (!noticed)
                unnoticed.Add(metric);
        }

        Assert.Equal([], unnoticed);
    }

    [ObservedFact]
    public async Task Grafanas_own_rule_counts_no_model_while_history_is_written()
    {
        var rules = new YamlStream();
        using (var file = new StreamReader(Path.Combine(Repository.Root, "grafana", "provisioning", "alerting", "rules.yml")))
            rules.Load(file);
        var sql = ((YamlScalarNode)rules.Documents[0].RootNode["groups"][0]["rules"][0]["data"][0]["model"]["rawSql"]).Value!;

        Assert.Equal([0.0], await observed.Sources.RowAsync(sql));
        // The same question would count every model whose verdicts are older than the rows: ask it of a time before the first verdict.
        var before = sql.Replace("d.timestamp > now() - interval '1 hour'", "d.timestamp < now() - interval '100 days'", StringComparison.Ordinal);
        Assert.Equal([4.0], await observed.Sources.RowAsync(before));
    }

    private static IEnumerable<string> Exported(string metrics) => metrics.Split('\n')
        .Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(l => l.Split(' ')[2])
        .Select(n => n.EndsWith("_total", StringComparison.Ordinal) ? n[..^"_total".Length] : n);

    // The exporter's own metrics appear with their first fault only.
    [GeneratedRegex("^(?!drift_metrics_)(drift|data|model|missing|outliers|prediction|finetuning|training|validation|ewc|fisher|replay)_")]
    private static partial Regex Ours();
}
