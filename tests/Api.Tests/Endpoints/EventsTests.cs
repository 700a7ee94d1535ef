using Drift.Actors;
using Drift.Api.Tests.Support;
using Drift.Core.Detection;

namespace Drift.Api.Tests.Endpoints;

public sealed class EventsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static Dictionary<string, string?> QuickHeartbeat => new() { ["Drift:Api:EventsHeartbeat"] = "00:00:00.2" };

    [Fact]
    public async Task Changes_arrive_as_events_with_their_number_as_id()
    {
        await using var host = await StartAsync();
        using var stream = await Stream.OpenAsync(host);
        host.Engine.Of("credit").Report(Change(1));
        Assert.Equal(
            ["id: 1", "event: severity", """data: {"number":1,"at":"2026-11-20T12:00:00Z","kind":"severity","window":"1h","severity":"critical","previous":"none","columns":["age"]}"""],
            await stream.NextAsync());
        host.Engine.Of("credit").Report(Change(2));
        Assert.Equal("id: 2", (await stream.NextAsync())[0]);
    }

    [Theory]
    [InlineData("/v1/models/credit/events", "2", "id: 3")]
    [InlineData("/v1/models/credit/events?after=1", null, "id: 2")]
    [InlineData("/v1/models/credit/events?after=1", "2", "id: 3")]
    [InlineData("/v1/models/credit/events", null, "id: 1")]
    public async Task A_client_that_comes_back_goes_on_behind_the_last_number_it_saw(string path, string? lastEventId, string first)
    {
        await using var host = await StartAsync();
        for (var number = 1; number <= 3; number++)
            host.Engine.Of("credit").Report(Change(number));
        using var stream = await Stream.OpenAsync(host, path, lastEventId);
        Assert.Equal(first, (await stream.NextAsync())[0]);
    }

    [Fact]
    public async Task A_stream_without_news_says_that_it_is_alive()
    {
        await using var host = await StartAsync(QuickHeartbeat);
        using var stream = await Stream.OpenAsync(host);
        Assert.Equal([": heartbeat"], await stream.NextAsync(comments: true));
    }

    [Fact]
    public async Task A_stream_ends_when_its_model_is_deleted()
    {
        await using var host = await StartAsync();
        using var stream = await Stream.OpenAsync(host);
        await host.SendAsync(HttpMethod.Delete, "/v1/models/credit", null);
        Assert.Equal("event: deleted", (await stream.NextAsync())[0]);
        Assert.Empty(await stream.NextAsync());
    }

    [Fact]
    public async Task A_stream_ends_when_the_host_stops()
    {
        await using var host = await StartAsync();
        using var stream = await Stream.OpenAsync(host);
        var stopping = host.StopAsync();
        Assert.Empty(await stream.NextAsync());
        await stopping.WaitAsync(Limit);
    }

    [Theory]
    [InlineData("/v1/models/nobody/events", null, 404, "not-found")]
    [InlineData("/v1/models/credit/events", "x", 400, "invalid-request")]
    [InlineData("/v1/models/credit/events?after=-1", null, 400, "invalid-request")]
    public async Task A_stream_that_cannot_be_is_a_problem(string path, string? lastEventId, int status, string slug)
    {
        await using var host = await StartAsync();
        (await host.GetAsync(path, lastEventId is null ? [] : [("Last-Event-ID", lastEventId)])).Problem(status, slug);
    }

    private static async Task<ApiHost> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var host = await ApiHost.StartAsync(settings, kestrel: true);
        host.Engine.Of("credit").Create();
        return host;
    }

    private static VerdictChange Change(long number) => new()
    {
        Number = number,
        At = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero),
        Kind = "severity",
        Window = "1h",
        Severity = Severity.Critical,
        Columns = ["age"],
    };

    private sealed class Stream(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public static async Task<Stream> OpenAsync(ApiHost host, string path = "/v1/models/credit/events", string? lastEventId = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (lastEventId is not null)
                request.Headers.Add("Last-Event-ID", lastEventId);
            var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Limit);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new Stream(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        /// <summary>The lines of the next event (or comment); empty at the end of the stream.</summary>
        public async Task<List<string>> NextAsync(bool comments = false)
        {
            var lines = new List<string>();
            while (await reader.ReadLineAsync().WaitAsync(Limit) is { } line)
            {
                if (line.Length > 0)
                {
                    lines.Add(line);
                    continue;
                }

                if (lines.Count > 0 && !lines[0].StartsWith("retry", StringComparison.Ordinal) && (comments || !lines[0].StartsWith(':')))
                    return lines;
                lines.Clear();
            }

            return lines;
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
