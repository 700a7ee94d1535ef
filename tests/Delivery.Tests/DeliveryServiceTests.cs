using System.Globalization;
using Drift.Actors.Ports;
using Drift.Delivery.Http;
using Drift.Delivery.Tests.Support;
using Drift.Support;

namespace Drift.Delivery.Tests;

public sealed class DeliveryServiceTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task A_message_arrives_once_with_its_id_and_a_signature_that_verifies()
    {
        await using var receiver = HttpReceiver.Start();
        await using var host = await DeliveryHost.StartAsync(Webhook(0, "pager", receiver));
        await host.AddAsync("m1", "pager", """{"type": "größe"}""");

        await host.UntilAsync(async () => (await host.FindAsync("m1")).State == OutboxState.Delivered, "the message is delivered");

        var request = Assert.Single(receiver.Requests);
        Assert.Equal(("/hook", "m1", """{"type": "größe"}"""), (request.Path, request.Headers["webhook-id"], request.Body));
        var timestamp = long.Parse(request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture);
        Assert.InRange(timestamp, new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), host.Clock.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal(
            WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), "m1", timestamp, System.Text.Encoding.UTF8.GetBytes(request.Body)), request.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task A_receiver_that_is_away_for_a_while_loses_nothing_and_gets_each_message_once()
    {
        await using var receiver = HttpReceiver.Away();
        await using var host = await DeliveryHost.StartAsync(Webhook(0, "pager", receiver));
        for (var i = 0; i < 20; i++)
            await host.AddAsync($"m{i}", "pager");
        await host.UntilAsync(async () => (await host.FindAsync("m19")).Attempts >= 3, "all were tried");
        Assert.Equal("cannot be reached: ConnectionRefused", (await host.FindAsync("m0")).LastError);

        receiver.Return();
        await host.UntilAsync(async () => (await host.Outbox.ListAsync("default", new(OutboxState.Delivered, null, 100), default)).Count == 20, "all are delivered");

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"m{i}").Order(), receiver.Requests.Select(r => r.Headers["webhook-id"]).Order());
    }

    [Fact]
    public async Task Attempts_grow_further_apart_until_the_message_is_given_up_and_go_on_when_somebody_asks()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Answer = _ => Task.FromResult(503);
        await using var host = await DeliveryHost.StartAsync([.. Webhook(0, "pager", receiver), ("Drift:Delivery:GiveUpAfter", "00:02:00")]);
        await host.AddAsync("m1", "pager");
        await host.UntilAsync(async () => (await host.FindAsync("m1")).State == OutboxState.Dead, "it is given up");

        var dead = await host.FindAsync("m1");
        Assert.Equal("answered 503", dead.LastError);
        // 5, 10, 20, 40 … seconds less up to a half each: four or five fit into two minutes.
        Assert.InRange(dead.Attempts, 4, 7);
        var times = receiver.Requests.Select(r => long.Parse(r.Headers["webhook-timestamp"], CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(times[1] - times[0], 2, 7);
        Assert.InRange(times[3] - times[2], 10, 23);
        Assert.Contains(host.Log.Lines, l => l.Id == DeliveryEventId.GivenUp && l.Text.Contains("POST /v1/outbox/m1/redeliver", StringComparison.Ordinal));

        receiver.Answer = _ => Task.FromResult(200);
        await host.Outbox.RedeliverAsync("default", "m1", host.Clock.GetUtcNow(), default);
        await host.UntilAsync(async () => (await host.FindAsync("m1")).State == OutboxState.Delivered, "it is delivered after all");
        Assert.All(receiver.Requests, r => Assert.Equal("m1", r.Headers["webhook-id"]));
    }

    [Fact]
    public async Task A_message_that_its_receiver_will_never_take_is_given_up_at_once()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Answer = _ => Task.FromResult(410);
        await using var host = await DeliveryHost.StartAsync(Webhook(0, "pager", receiver));
        await host.AddAsync("m1", "pager");

        await host.UntilAsync(async () => (await host.FindAsync("m1")).State == OutboxState.Dead, "it is given up");

        Assert.Equal((1, "answered 410"), ((await host.FindAsync("m1")).Attempts, (await host.FindAsync("m1")).LastError));
    }

    [Fact]
    public async Task A_destination_that_hangs_holds_up_no_other()
    {
        await using var slow = HttpReceiver.Start();
        await using var fast = HttpReceiver.Start();
        var release = new TaskCompletionSource<int>();
        slow.Answer = _ => release.Task;
        await using var host = await DeliveryHost.StartAsync([.. Webhook(0, "slow", slow), .. Webhook(1, "fast", fast), ("Drift:Delivery:Timeout", "00:05:00")]);
        for (var i = 0; i < 10; i++)
            await host.AddAsync($"s{i}", "slow");
        await host.UntilAsync(() => slow.Requests.Count == 8, "as many attempts hang as are made at a time");

        await host.AddAsync("f1", "fast");
        await host.UntilAsync(async () => (await host.FindAsync("f1")).State == OutboxState.Delivered, "the other destination gets its message");

        Assert.Equal(8, slow.Requests.Count);
        release.SetResult(200);
        await host.UntilAsync(() => slow.Requests.Select(r => r.Headers["webhook-id"]).Distinct().Count() == 10, "the rest follows");
    }

    [Fact]
    public async Task A_claim_of_a_host_that_was_killed_is_taken_up_when_its_lease_is_over()
    {
        await using var receiver = HttpReceiver.Away();
        await using var host = await DeliveryHost.StartAsync(Webhook(0, "pager", receiver));
        await host.AddAsync("m1", "other");
        // As a host does that is killed before it sends.
        Assert.Single(await host.Outbox.ClaimAsync("other", host.Clock.GetUtcNow(), TimeSpan.FromSeconds(20), 10, default));
        Assert.Empty(await host.Outbox.ClaimAsync("other", host.Clock.GetUtcNow(), TimeSpan.FromSeconds(20), 10, default));
        host.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(2, Assert.Single(await host.Outbox.ClaimAsync("other", host.Clock.GetUtcNow(), TimeSpan.FromSeconds(20), 10, default)).Attempts);
        await host.UntilAsync(() => host.Log.Lines.Any(l => l.Id == DeliveryEventId.UnknownDestination), "the log names a destination that nobody configured");
    }

    [Fact]
    public async Task Neither_addresses_nor_secrets_are_logged()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Answer = _ => Task.FromResult(500);
        await using var host = await DeliveryHost.StartAsync(Webhook(0, "pager", receiver, "token-of-mine"));
        await host.AddAsync("m1", "pager");
        await host.UntilAsync(async () => (await host.FindAsync("m1")).Attempts >= 2, "it is tried");
        await receiver.LeaveAsync();
        await host.UntilAsync(async () => (await host.FindAsync("m1")).LastError!.StartsWith("cannot be reached", StringComparison.Ordinal), "it is tried in vain");

        foreach (var (_, text) in host.Log.Lines)
        {
            Assert.DoesNotContain("token-of-mine", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("token-of-mine", (await host.FindAsync("m1")).LastError, StringComparison.Ordinal);
    }

    internal static (string Key, string Value)[] Webhook(int index, string name, HttpReceiver receiver, string path = "hook") =>
    [
        ($"Drift:Alerts:Webhooks:{index}:Name", name),
        ($"Drift:Alerts:Webhooks:{index}:Url", new Uri(receiver.Address, path).ToString()),
        ($"Drift:Alerts:Webhooks:{index}:Secret", Secret),
    ];
}
