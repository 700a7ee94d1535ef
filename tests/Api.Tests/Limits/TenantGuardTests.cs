using System.Globalization;
using System.Net;
using System.Text;
using Drift.Api.Limits;
using Drift.Api.Tests.Support;
using Drift.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Api.Tests.Limits;

public sealed class TenantGuardTests
{
    private const string Path = "/v1/models/credit/predictions";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Rows_above_the_rate_are_refused_with_the_limit_until_they_are_paid_for()
    {
        await using var host = await StartAsync(("RowsPerSecond", "10"), ("Burst", "00:00:02"));
        (await host.PostAsync(Path, Csv(60), "text/csv")).Ok();

        var reply = await host.PostAsync(Path, "not even read", "text/csv");
        var problem = reply.Problem(429, "too-many-requests");
        Assert.Equal("""{"name":"rows_per_second","value":10,"used":30}""", problem.GetProperty("limit").GetRawText());
        Assert.Equal(
            "The tenant 'default' may send 10 rows per second to this node and has sent 30. Nothing of this request was counted; send it again in 5 s.",
            problem.GetProperty("detail").GetString());
        Assert.Equal(TimeSpan.FromSeconds(5), reply.Headers.RetryAfter?.Delta);

        host.Clock.Advance(TimeSpan.FromSeconds(5));
        (await host.PostAsync(Path, Csv(1), "text/csv")).Ok();
        Assert.Equal(61, host.Engine.Of("credit").Batches.Sum(b => b.Rows));
    }

    [Fact]
    public async Task Bytes_count_as_they_are_sent_with_a_length_or_without()
    {
        await using var host = await StartAsync(("BytesPerSecond", "10"), ("Burst", "00:00:01"));
        var body = Csv(10);
        (await host.PostAsync(Path, body, "text/csv")).Ok();
        Assert.Equal(body.Length, (await host.PostAsync(Path, body, "text/csv")).Problem(429, "too-many-requests").GetProperty("limit").GetProperty("used").GetDouble());

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(body, Encoding.UTF8, "text/csv") };
        chunked.Headers.TransferEncodingChunked = true;
        (await host.Client.SendAsync(chunked)).EnsureSuccessStatusCode();
        Assert.Equal(body.Length, (await host.PostAsync(Path, body, "text/csv")).Problem(429, "too-many-requests").GetProperty("limit").GetProperty("used").GetDouble());
    }

    [Fact]
    public async Task Labels_and_references_count_as_rows()
    {
        await using var host = await StartAsync(("RowsPerSecond", "1"), ("Burst", "00:00:01"));
        host.Engine.Of("credit").Create();
        (await host.PostAsync("/v1/models/credit/labels", "id,label\na,1\nb,0\n", "text/csv")).Ok();
        (await host.PostAsync(Path, Csv(1), "text/csv")).Problem(429, "too-many-requests");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await host.PutAsync("/v1/models/credit/reference", Csv(5), "text/csv")).Ok();
        (await host.PutAsync("/v1/models/credit/reference", Csv(5), "text/csv")).Problem(429, "too-many-requests");
        (await host.GetAsync("/v1/models")).Ok();
    }

    [Fact]
    public async Task A_stream_is_slowed_down_to_the_rate_instead_of_being_refused()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?>
        {
            ["Drift:Limits:RowsPerSecond"] = "10",
            ["Drift:Limits:Burst"] = "00:00:01",
            ["Drift:Ingest:StreamChunkRows"] = "20",
        });
        var model = host.Engine.Of("credit");
        var timers = host.Clock.ActiveTimers;
        var sending = host.PostAsync(Path + "?stream=true", Csv(60), "text/csv");
        // The first chunk leaves a debt of 10 rows, the second one of 19: a row's worth of time is what lets it begin.
        foreach (var (chunks, seconds) in ((int, double)[])[(1, 1.1), (2, 2.0)])
        {
            await Eventually.Async(() => model.Batches.Count == chunks && host.Clock.ActiveTimers > timers, Limit, "the stream waits for its rate");
            host.Clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
            Assert.Equal(chunks, model.Batches.Count);
            host.Clock.Advance(TimeSpan.FromSeconds(0.1));
        }

        Assert.Contains("\"done\":true", (await sending).Text, StringComparison.Ordinal);
        Assert.Equal(60, model.Batches.Sum(b => b.Rows));
    }

    [Fact]
    public async Task A_tenant_of_its_own_limits_keeps_to_them_and_leaves_the_others_alone()
    {
        await using var host = await ApiHost.StartAsync(new Dictionary<string, string?>(ApiHost.Keys)
        {
            ["Drift:ApiKeys:3:Key"] = "other-key-0123456789",
            ["Drift:ApiKeys:3:Tenant"] = "other",
            ["Drift:Limits:Tenants:acme:RowsPerSecond"] = "1",
        });
        (await host.PostAsync(Path, Csv(20), "text/csv", ("X-Api-Key", ApiHost.AdminKey))).Ok();
        Assert.Contains(
            "The tenant 'acme'",
            (await host.PostAsync(Path, Csv(20), "text/csv", ("X-Api-Key", ApiHost.IngestKey))).Problem(429, "too-many-requests").GetProperty("detail").GetString(),
            StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            (await host.PostAsync(Path, Csv(20), "text/csv", ("X-Api-Key", "other-key-0123456789"))).Ok();
    }

    [Fact]
    public async Task One_model_more_than_the_quota_is_refused_by_whatever_would_make_it()
    {
        await using var host = await StartAsync(("MaxModels", "2"));
        (await host.PostAsync("/v1/models/one/predictions", Csv(1), "text/csv")).Ok();
        (await host.PutAsync("/v1/models/two", "{}")).Ok();

        var reply = await host.PostAsync("/v1/models/three/predictions", Csv(1), "text/csv");
        Assert.Equal(
            """{"name":"max_models","value":2,"used":2}""", reply.Problem(429, "quota-exceeded").GetProperty("limit").GetRawText());
        Assert.Equal(TimeSpan.FromMinutes(1), reply.Headers.RetryAfter?.Delta);
        (await host.PutAsync("/v1/models/three", "{}")).Problem(429, "quota-exceeded");
        (await host.PutAsync("/v1/models/three/reference", Csv(5), "text/csv")).Problem(429, "quota-exceeded");
        Assert.False(host.Engine.Of("three").Exists);

        (await host.PostAsync("/v1/models/one/predictions", Csv(1), "text/csv")).Ok();
        (await host.PutAsync("/v1/models/two", "{}")).Ok();
        Assert.Equal(HttpStatusCode.NoContent, (await host.SendAsync(HttpMethod.Delete, "/v1/models/two", null)).Status);
        (await host.PostAsync("/v1/models/three/predictions", Csv(1), "text/csv")).Ok();
    }

    [Fact]
    public async Task More_features_than_the_quota_are_refused_in_rows_references_and_settings()
    {
        await using var host = await StartAsync(("MaxColumns", "1"));
        var limit = (await host.PostAsync(Path, "age,job\n1,nurse\n", "text/csv")).Problem(429, "quota-exceeded").GetProperty("limit");
        Assert.Equal("""{"name":"max_columns","value":1,"used":2}""", limit.GetRawText());
        (await host.PutAsync("/v1/models/credit/reference", "age,job\n1,nurse\n", "text/csv")).Problem(429, "quota-exceeded");
        (await host.PutAsync("/v1/models/credit", """{"features": {"age": {"type": "numeric"}, "job": {"type": "categorical"}}}""")).Problem(429, "quota-exceeded");
        Assert.False(host.Engine.Of("credit").Exists);
        (await host.PostAsync(Path, Csv(1), "text/csv")).Ok();
    }

    [Theory]
    [InlineData("RequestsPerModel", "requests_per_model", true)]
    [InlineData("RequestsPerTenant", "requests_per_tenant", false)]
    public async Task Requests_under_way_are_bounded_and_their_places_come_back(string option, string name, bool othersGoOn)
    {
        await using var host = await StartAsync((option, "2"));
        var release = Hold(host.Engine.Of("credit"));
        var waiting = Enumerable.Range(0, 2).Select(_ => host.PostAsync(Path, Csv(1), "text/csv")).ToArray();
        await OnTheirWayAsync(host, behind: 1);

        var reply = await host.PostAsync(Path, "not even read", "text/csv");
        Assert.Equal($$"""{"name":"{{name}}","value":2,"used":2}""", reply.Problem(429, "too-many-requests").GetProperty("limit").GetRawText());
        Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.RetryAfter?.Delta);
        var other = await host.PostAsync("/v1/models/other/predictions", Csv(1), "text/csv");
        Assert.Equal(othersGoOn ? 200 : 429, (int)other.Status);

        release.SetResult();
        foreach (var sent in waiting)
            (await sent).Ok();
        (await host.PostAsync(Path, Csv(1), "text/csv")).Ok();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_who_goes_away_while_the_batch_waits_gives_the_place_back_at_once(bool kestrel)
    {
        var underWay = new UnderWay();
        await using var host = await StartAsync(underWay, kestrel, ("RequestsPerModel", "2"));
        var model = host.Engine.Of("credit");
        var release = Hold(model);
        var first = host.PostAsync(Path, Csv(1), "text/csv");
        await OnTheirWayAsync(host, behind: 0);
        using var gone = new CancellationTokenSource();
        using var rows = new StringContent(Csv(20), Encoding.UTF8, "text/csv");
        var leaving = host.Client.PostAsync(Path, rows, gone.Token);
        await OnTheirWayAsync(host, behind: 1);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WaitAsync(Limit));
        await Eventually.Async(() => underWay.Count == 1, Limit, "the request of the caller who went away has ended");
        var next = host.PostAsync(Path, Csv(3), "text/csv");
        await OnTheirWayAsync(host, behind: 1);

        release.SetResult();
        (await first).Ok();
        (await next).Ok();
        Assert.Equal(4, model.Batches.Sum(b => b.Rows));
    }

    // Over a real connection: a client of TestServer who goes away is told only when the request has ended, and this one is held.
    [Fact]
    public async Task A_caller_who_goes_away_while_the_batch_is_on_its_way_gives_the_place_back_once_it_is_counted()
    {
        var underWay = new UnderWay();
        await using var host = await StartAsync(underWay, kestrel: true, ("RequestsPerModel", "1"));
        var model = host.Engine.Of("credit");
        var release = Hold(model);
        using var gone = new CancellationTokenSource();
        using var rows = new StringContent(Csv(20), Encoding.UTF8, "text/csv");
        var leaving = host.Client.PostAsync(Path, rows, gone.Token);
        await OnTheirWayAsync(host, behind: 0);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WaitAsync(Limit));
        (await host.PostAsync(Path, Csv(1), "text/csv")).Problem(429, "too-many-requests");
        release.SetResult();
        await Eventually.Async(() => underWay.Count == 0, Limit, "the request of the caller who went away has ended");

        (await host.PostAsync(Path, Csv(1), "text/csv")).Ok();
        Assert.Equal(21, model.Batches.Sum(b => b.Rows));
    }

    [Fact]
    public async Task By_default_nothing_is_limited_but_requests_under_way()
    {
        await using var host = await ApiHost.StartAsync();
        var limits = TenantLimits.Of(host.Services.GetRequiredService<IOptions<LimitOptions>>().Value, "default");
        Assert.Equal(new TenantLimits(0, 0, TimeSpan.FromSeconds(10), 0, 0, 1024, 4096), limits);
    }

    [Fact]
    public async Task Limits_that_cannot_work_stop_the_host_with_all_reasons()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            ("RowsPerSecond", "-1"), ("Burst", "00:00:00"), ("Tenants:acme:MaxModels", "-2"), ("Tenants:a b:BytesPerSecond", "NaN"), ("RequestsPerModel", "7")));
        Assert.Equal(
            [
                "Drift:Limits:Burst is 00:00:00; it must be 00:00:01 to 01:00:00.",
                "Drift:Limits:RowsPerSecond is -1; it must be 0 (no limit) to 1000000000.",
                "Drift:Limits:Tenants:a b names no tenant; a tenant is 1 to 128 of A-Z a-z 0-9 . _ - and starts with a letter or digit.",
                "Drift:Limits:Tenants:a b:BytesPerSecond is NaN; it must be 0 (no limit) to 1000000000000.",
                "Drift:Limits:Tenants:acme:MaxModels is -2; it must be 0 (no limit) or more.",
            ],
            failure.Failures.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Tenants:acme:RowsPerSecond", "fast", "Failed to convert configuration value 'fast' at 'Drift:Limits:Tenants:acme:RowsPerSecond' to type 'System.Double'.")]
    [InlineData("Tenants:acme", "10", "Failed to convert configuration value '10' at 'Drift:Limits:Tenants:acme'")]
    [InlineData("Tenants:acme:RowPerSecond", "10", "'RowPerSecond'")]
    public async Task A_tenants_limit_that_cannot_be_read_stops_the_host_instead_of_leaving_the_tenant_without(string key, string value, string fault)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync((key, value)));

        Assert.Contains(fault, failure.InnerException!.Message, StringComparison.Ordinal);
    }

    private static Task<ApiHost> StartAsync(params (string Key, string Value)[] limits) =>
        ApiHost.StartAsync(limits.ToDictionary(l => $"{LimitOptions.SectionName}:{l.Key}", l => (string?)l.Value));

    private static Task<ApiHost> StartAsync(UnderWay underWay, bool kestrel, params (string Key, string Value)[] limits) => ApiHost.StartAsync(
        limits.ToDictionary(l => $"{LimitOptions.SectionName}:{l.Key}", l => (string?)l.Value),
        kestrel,
        services => services.AddSingleton<IStartupFilter>(underWay));

    /// <summary>Keeps every batch of a model on its way until it is released.</summary>
    private static TaskCompletionSource Hold(FakeModel model)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.Held = release.Task;
        return release;
    }

    private static Task OnTheirWayAsync(ApiHost host, int behind) => Eventually.Async(
        () => host.Engine.Of("credit").Arrived == 1 && host.Waiting(host.Engine.Of("credit").Id) == behind,
        Limit,
        $"a batch is on its way, {behind} wait behind it");

    private static string Csv(int rows) => "age\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 10}\n")));
}
