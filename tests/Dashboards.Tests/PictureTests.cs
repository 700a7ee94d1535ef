using System.Diagnostics;
using System.Globalization;
using Drift.Dashboards.Tests.Drawing;
using Drift.Dashboards.Tests.Grafana;
using Drift.Dashboards.Tests.Stack;
using Drift.Support;

namespace Drift.Dashboards.Tests;

/// <summary>
/// Draws every dashboard from the answers of its queries. Where <c>DRIFT_PICTURES</c> names a folder (<c>make dashboards-pictures</c>),
/// headless Chromium makes a PNG of each there.
/// </summary>
[Collection(nameof(Observed))]
public sealed class PictureTests(Observed observed)
{
    [ObservedFact]
    public async Task Every_dashboard_can_be_drawn_from_what_its_queries_answer()
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var dashboard in Dashboard.All())
        {
            var variables = await observed.Sources.VariablesAsync(dashboard, now);
            var results = new Dictionary<Panel, IReadOnlyList<QueryResult>>();
            foreach (var panel in dashboard.Panels.Where(p => !p.NeedsCluster))
                results[panel] = await Task.WhenAll(panel.Targets.Select(t => observed.Sources.RunAsync(dashboard, panel, t, variables, now)));
            var picture = new Picture(dashboard, now, await AnnotationsAsync(dashboard, variables, now));

            var html = picture.Draw(results, variables);

            Assert.All(dashboard.Panels, p => Assert.Contains(System.Net.WebUtility.HtmlEncode(p.Title), html, StringComparison.Ordinal));
            if (Environment.GetEnvironmentVariable("DRIFT_PICTURES") is { Length: > 0 } folder)
                await PhotographAsync(html, picture, Path.Combine(Directory.CreateDirectory(folder).FullName, dashboard.Name + ".png"));
        }
    }

    private async Task<List<(double, string)>> AnnotationsAsync(Dashboard dashboard, Dictionary<string, VariableValue> variables, DateTimeOffset now)
    {
        var times = new List<(double, string)>();
        foreach (var annotation in dashboard.Annotations)
        {
            var macros = new Macros(now - dashboard.Range, now, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), variables);
            var table = await observed.Sources.RunAsync(annotation["target"]!.AsObject(), macros);
            times.AddRange(table.Cells.Select(r => ((double)new DateTimeOffset((DateTime)r[0]!).ToUnixTimeMilliseconds(), Appearance.Colour((string)annotation["iconColor"]!))));
        }

        return times;
    }

    private static async Task PhotographAsync(string html, Picture picture, string file)
    {
        var chromium = Executables.Find("chromium") ?? Executables.Find("google-chrome")
            ?? throw new InvalidOperationException("Pictures need Chromium: apt-get install chromium (Debian, Ubuntu) or brew install chromium (macOS)");
        using var folder = new TempDirectory("drift-picture-");
        await File.WriteAllTextAsync(folder["page.html"], html);
        using var process = Process.Start(new ProcessStartInfo(chromium,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", $"--user-data-dir={folder["profile"]}",
            string.Create(CultureInfo.InvariantCulture, $"--window-size={picture.Width},{picture.Height}"), $"--screenshot={file}", new Uri(folder["page.html"]).AbsoluteUri,
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 && File.Exists(file), await errors);
    }
}
