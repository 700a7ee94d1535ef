using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>The adult data are in random order: a tool that alarms here is wrong.</summary>
public sealed class NoDriftTests
{
    [DataFact]
    public async Task Adult_has_no_drifted_column_with_defaults_neither_at_once_nor_in_twenty_windows()
    {
        const int windows = 20;
        var clock = new FakeClock();
        await using var server = await DriftServer.StartAsync(clock);
        var data = new DataSet("adult");
        var query = data.CsvQuery(onlyDeclared: false);
        (await server.PutAsync($"/v1/models/m/reference{query}", data.Csv(data.Reference))).Expect(200);
        var first = data.Current.Start.Value;
        var rows = data.Current.End.Value - first;
        for (var window = 0; window < windows; window++)
        {
            var part = (first + (window * rows / windows))..(first + ((window + 1) * rows / windows));
            Assert.InRange(part.End.Value - part.Start.Value, 610, 611);
            (await server.PostAsync($"/v1/models/m/predictions{query}", data.Csv(part))).Expect(200);
            var verdict = (await server.GetAsync("/v1/models/m/drift?window=1h")).Expect(200);
            Assert.Equal(part.End.Value - part.Start.Value, verdict["rows"].GetInt32());
            RequireQuiet(verdict);
            clock.Advance(TimeSpan.FromHours(2));
        }

        // The same rows as one window.
        var all = (await server.GetAsync("/v1/models/m/drift?window=7d")).Expect(200);
        Assert.Equal(rows, all["rows"].GetInt32());
        RequireQuiet(all);
        Assert.Empty(server.Errors.Entries);
    }

    private static void RequireQuiet(Answer verdict)
    {
        Assert.Equal("ok", verdict["status"].GetString());
        Assert.Equal("none", verdict["severity"].GetString());
        Assert.False(verdict["drift_detected"].GetBoolean());
        Assert.Equal(0, verdict["drifted_columns"].GetInt32());
        Assert.All(verdict["features"].EnumerateArray(), f => Assert.False(f.GetProperty("drifted").GetBoolean(), f.GetRawText()));
    }
}
