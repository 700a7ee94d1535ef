using System.Globalization;
using System.Text;
using Drift.Standalone.Hosting;
using Drift.Storage;
using Drift.Support;
using Drift.Support.Nvml;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>
/// The product as it ran over the last month, in minutes of ours: the real host on a clock that is moved, with its verdicts in
/// PostgreSQL and what Prometheus would have scraped of it.
/// </summary>
internal static class PastHost
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>Step to the next traffic, from how long ago on, and rows of each model in it.</summary>
    private static readonly (TimeSpan Until, TimeSpan Step, int Rows)[] Phases =
    [
        (TimeSpan.FromDays(7), TimeSpan.FromDays(1), 1_000),
        (TimeSpan.FromDays(1), TimeSpan.FromHours(6), 1_000),
        (TimeSpan.FromHours(6), TimeSpan.FromHours(1), 1_000),
        (TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), 60),
    ];

    /// <summary>Lives through the month before <paramref name="now"/>.</summary>
    /// <param name="postgres">An empty database.</param>
    /// <param name="now">Where the past ends.</param>
    /// <param name="instance">Under which name Prometheus knows the host.</param>
    /// <returns>Every scrape of the last six hours, as OpenMetrics with times.</returns>
    public static async Task<string> LiveAsync(string postgres, DateTimeOffset now, string instance)
    {
        using var folder = new TempDirectory("drift-past-");
        var clock = new FakeClock(now - Month);
        FakeNvml.Start(LiveHost.Gpus).Mig(LiveHost.Gpus - 1, LiveHost.MigInstances);
        await using var app = Build(postgres, folder.Path, clock);
        await app.Services.GetRequiredService<IMigrator>().MigrateAsync(CancellationToken.None);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        http.DefaultRequestHeaders.Accept.ParseAdd("application/openmetrics-text;version=1.0.0");
        var traffic = new Traffic(http.BaseAddress, http);
        await traffic.PrepareAsync();
        var adapters = new AdapterLife(http);
        await adapters.PrepareAsync();

        var scrapes = new StringBuilder();
        foreach (var (until, step, rows) in Phases)
        {
            while (now - clock.GetUtcNow() > until)
            {
                clock.Advance(step);
                await traffic.SendAsync(RowsAt(clock.GetUtcNow(), rows), DriftAt(now - clock.GetUtcNow()));
                await traffic.EvaluateAsync();
                await adapters.GoOnAsync(now - clock.GetUtcNow());
                if (until >= TimeSpan.FromHours(1))
                    continue;
                await traffic.TrainAsync();
                await traffic.SendTelemetryAsync();
                Append(scrapes, await http.GetStringAsync(new Uri("metrics", UriKind.Relative)), clock.GetUtcNow(), instance);
            }
        }

        await app.StopAsync();
        return scrapes.Append("# EOF\n").ToString();
    }

    /// <summary>Drift of half a day five days ago, and one of an hour and a half this morning.</summary>
    private static double DriftAt(TimeSpan ago) => ago.TotalHours switch
    {
        > 114 and < 126 => 1,
        > 3 and < 4.5 => Math.Min(1, (4.5 - ago.TotalHours) * 3),
        _ => 0,
    };

    // More by day than by night.
    private static int RowsAt(DateTimeOffset at, int rows) => (int)(rows * (1.3 + (0.3 * Math.Sin(at.TimeOfDay.TotalHours / 12 * Math.PI))));

    private static WebApplication Build(string postgres, string folder, FakeClock clock)
    {
        // Storage is chosen before a test may touch the configuration.
        Environment.SetEnvironmentVariable("ConnectionStrings__Drift", postgres);
        try
        {
            return DriftHost.Build(new HostOptions(folder, "http://127.0.0.1:0", Demo: false), builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    // A month passes in seconds; what happens every minute of it is not what is looked at.
                    ["Drift:Actors:IdleEvaluationInterval"] = "1.00:00:00",
                    ["Drift:Actors:IdleTimeout"] = "7.00:00:00",
                    ["Drift:Retention:Interval"] = "1.00:00:00",
                    ["Drift:Adapters:EvaluationInterval"] = "01:00:00",
                    ["Drift:Gpus:Library"] = FakeNvml.Path,
                    ["Drift:Gpus:Node"] = LiveHost.GpuNode,
                    ["Drift:Gpus:Interval"] = "00:10:00",
                    ["Drift:Gpus:WriteInterval"] = "00:05:00",
                    ["Drift:Gpus:SilentAfter"] = "1.00:00:00",
                });
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<TimeProvider>(new MovedClock(clock));
            });
        }
        finally
        {
            Environment.SetEnvironmentVariable("ConnectionStrings__Drift", null);
        }
    }

    // What Prometheus does with a scrape: the target's labels and the time are added to every sample.
    private static void Append(StringBuilder scrapes, string text, DateTimeOffset at, string instance)
    {
        var time = (at.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var value = line.LastIndexOf(' ');
            var name = line.AsSpan(0, value);
            var brace = name.IndexOf('{');
            scrapes.Append(brace < 0 ? name : name[..brace]).Append("{job=\"drift\",instance=\"").Append(instance).Append('"');
            scrapes.Append(brace < 0 ? "}" : ",").Append(brace < 0 ? "" : name[(brace + 1)..]).Append(line.AsSpan(value)).Append(' ').Append(time).Append('\n');
        }
    }
}
