using Drift.Actors.Ports;
using Drift.Api.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Endpoints;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_message_that_was_given_up_is_seen_with_its_error_and_delivered_again_when_asked()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddMessageAsync("m1.1.pager");
        await host.AddMessageAsync("m2.1.pager");
        await GiveUpAsync(host, "m1.1.pager");

        var dead = (await host.GetAsync("/v1/outbox?state=dead")).Ok();
        Assert.Equal(
            """{"id":"m1.1.pager","kind":"alert","destination":"pager","subject":"a1","state":"dead","attempts":1,"created_at":"2026-11-20T12:00:00Z","settled_at":"2026-11-20T12:00:00Z","last_error":"answered 410"}""",
            Assert.Single(dead.GetProperty("messages").EnumerateArray()).GetRawText());

        host.Clock.Advance(TimeSpan.FromHours(1));
        var queued = (await host.PostAsync("/v1/outbox/m1.1.pager/redeliver")).Ok();

        Assert.Equal(
            ("pending", "2026-11-20T13:00:00Z", "alert.opened"),
            (queued.GetProperty("state").GetString(), queued.GetProperty("next_attempt_at").GetString(), queued.GetProperty("payload").GetProperty("type").GetString()));
        Assert.Equal(0, (await host.GetAsync("/v1/outbox?state=dead")).Ok().GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_message_that_waits_is_not_queued_a_second_time()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddMessageAsync("m1");

        var problem = (await host.PostAsync("/v1/outbox/m1/redeliver")).Problem(409, "conflict");

        Assert.Contains("2026-11-20T12:00:00Z", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_of_another_tenant_are_not_there()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddMessageAsync("foreign", "other");
        await GiveUpAsync(host, "foreign");

        Assert.Equal(0, (await host.GetAsync("/v1/outbox")).Ok().GetProperty("count").GetInt32());
        (await host.GetAsync("/v1/outbox/foreign")).Problem(404, "not-found");
        (await host.PostAsync("/v1/outbox/foreign/redeliver")).Problem(404, "not-found");
    }

    [Theory]
    [InlineData("?state=lost")]
    [InlineData("?limit=1001")]
    [InlineData("?destination=%00")]
    public async Task A_query_that_cannot_be_is_refused(string query)
    {
        await using var host = await ApiHost.StartAsync();

        (await host.GetAsync("/v1/outbox" + query)).Problem(400, "invalid-request");
    }

    private static async Task GiveUpAsync(ApiHost host, string id)
    {
        var outbox = host.Storage.GetRequiredService<IOutbox>();
        var claimed = await outbox.ClaimAsync("pager", host.Clock.GetUtcNow(), TimeSpan.Zero, 10, default);
        await outbox.GiveUpAsync(claimed.Single(m => m.Id == id), host.Clock.GetUtcNow(), "answered 410", default);
    }
}
