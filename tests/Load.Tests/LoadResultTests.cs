using System.Text.Json;

namespace Drift.Load.Tests;

public sealed class LoadResultTests
{
    [Fact]
    public void A_result_can_be_printed_as_JSON_with_its_quantiles()
    {
        var latency = new LatencyHistogram();
        latency.Record(TimeSpan.FromMilliseconds(5));
        var result = new LoadResult
        {
            Seconds = 2,
            Requests = 1,
            Rows = 10,
            Latency = latency,
            Errors = [],
            Resent = 0,
            ResentAndCounted = 0,
            Unacknowledged = 0,
            RowsAcknowledged = 10,
            ModelsVerified = 1,
            Wrong = [],
        };
        var json = JsonSerializer.SerializeToElement(result);
        Assert.Equal(5, json.GetProperty("RowsPerSecond").GetDouble());
        Assert.InRange(json.GetProperty("P99Ms").GetDouble(), 5, 5.1);
        Assert.False(json.TryGetProperty("Latency", out _));
    }
}
