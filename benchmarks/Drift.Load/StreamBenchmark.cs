using System.Text;

namespace Drift.Load;

/// <summary>Large uploads in one request each, on a host of their own: what they take, and that memory does not grow with their length.</summary>
internal static class StreamBenchmark
{
    /// <summary>A body that warms the host up: code compiled, the model learned, pools filled.</summary>
    private const long WarmUpBytes = 50_000_000;

    public static async Task<string> RunAsync(long bytes, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.AppendLine("# Streams").AppendLine();
        text.AppendLine("Saved by `make bench-stream SIZE=… SAVE=…`: one request per line, 8 numeric and 2 categorical columns, SQLite. The client runs on the same machine.").AppendLine();
        text.AppendLine(Machine.Describe()).AppendLine();
        text.AppendLine("| body | length | rows | chunks | time | rows/s | MB/s | server CPU | peak memory before | after |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var format in (RowFormat[])[RowFormat.Ndjson, RowFormat.Csv])
        {
            await using var server = await MeasuredServer.StartSqliteAsync("ours, SQLite");
            foreach (var length in (long[])[WarmUpBytes, bytes])
            {
                // The same id again, and no duplicate: the model is deleted after each.
                var result = await StreamUpload.RunAsync(server, format, length, cancellationToken);
                await Console.Error.WriteLineAsync(result.ToString());
                text.AppendLine(result.ToString());
                using var client = new HttpClient { BaseAddress = server.Url };
                (await client.DeleteAsync($"v1/models/stream-{format}".ToLowerInvariant(), cancellationToken)).EnsureSuccessStatusCode();
            }
        }

        text.AppendLine().AppendLine("Every row was acknowledged. Peak memory is that of the whole process, `VmHWM`.");
        return text.ToString();
    }
}
