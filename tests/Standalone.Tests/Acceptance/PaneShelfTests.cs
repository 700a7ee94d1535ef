using Drift.Standalone.Tests.Acceptance.Support;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance;

/// <summary>Panes that lie in a file beside the database while the host runs.</summary>
public sealed class PaneShelfTests
{
    [Fact]
    public async Task A_host_that_ends_in_order_writes_the_panes_of_its_shelf_into_its_last_snapshot_and_leaves_no_file()
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        await using var server = await DriftServer.StartAsync(clock, new() { ["Drift:PaneShelf:MinFreeBytes"] = "0" });
        (await server.PutAsync("/v1/models/m", Bodies.Json("""{"min_rows": 100, "windows": ["24h"]}"""))).Expect(200);
        (await server.PutAsync("/v1/models/m/reference", Sending.Batch(400, 1))).Expect(200);
        for (var minute = 0; minute < 5; minute++)
        {
            (await server.PostAsync("/v1/models/m/predictions", Sending.Batch(400, minute))).Expect(200);
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal((minute + 1) * 400, (await server.GetAsync("/v1/models/m/drift")).Expect(200)["rows"].GetInt32());
        }

        Assert.Contains(
            (await server.GetAsync("/metrics")).Expect(200).Text.Split('\n'),
            line => line.StartsWith("drift_pane_shelf_bytes ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
        Assert.All(Directory.EnumerateFiles(Path.GetDirectoryName(server.Database)!), file => Assert.StartsWith("drift.db", Path.GetFileName(file), StringComparison.Ordinal));
        (await server.PostAsync("/v1/models/m/predictions", Sending.Batch(10, 9))).Expect(200);

        await server.RestartAsync();

        Assert.Empty(server.Errors.Entries);
        Assert.Equal("0", await server.ScalarAsync("select count(*) from drift_journal j join actor_state s using (actor_key) where j.seq > s.journal_seq"));
        Assert.Equal(2010, (await server.GetAsync("/v1/models/m/drift")).Expect(200)["rows"].GetInt32());
        Assert.Equal(2010, await server.RowsAsync("m"));
    }
}
