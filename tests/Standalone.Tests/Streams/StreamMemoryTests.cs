using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Drift.Standalone.Tests.Crash;
using Drift.Support;

namespace Drift.Standalone.Tests.Streams;

/// <summary>The built host, a real database, and bodies that are larger than the memory that they may take.</summary>
[Collection(nameof(HostProcess))]
public sealed class StreamMemoryTests
{
    private const long Short = 40L << 20;
    private const long Long = 240L << 20;

    [Fact]
    public async Task The_memory_of_a_stream_does_not_grow_with_its_length()
    {
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path);
        await UploadAsync(host, "warm", Short);
        var before = PeakBytes(host);
        await UploadAsync(host, "long", Long);
        var grown = PeakBytes(host) - before;

        // Were the body held, or what was read of it, it would be more than the body.
        Assert.True(grown < Long / 4, $"{Long >> 20} MiB took {grown >> 20} MiB more than {Short >> 20} MiB, which took {before >> 20} MiB.");
    }

    private static async Task UploadAsync(HostProcess host, string id, long bytes)
    {
        var rows = new GeneratedRows(bytes);
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "v1/models/credit/predictions?stream=true")) { Content = new StreamContent(rows) };
        request.Headers.Add("Idempotency-Key", id);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        request.Content.Headers.ContentLength = rows.Length;
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        using var total = JsonDocument.Parse(text.TrimEnd().Split('\n')[^1]);
        Assert.True(total.RootElement.GetProperty("done").GetBoolean(), text[^Math.Min(text.Length, 1000)..]);
        Assert.Equal(rows.Rows, total.RootElement.GetProperty("accepted").GetInt64());
    }

    private static long PeakBytes(HostProcess host)
    {
        using var process = Process.GetProcessById(host.ProcessId);
        return process.PeakWorkingSet64;
    }
}
