using System.Text;
using System.Text.Json;
using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Drift.Delivery.Http;
using Drift.Delivery.Tests.Support;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Tests.Triggers;

public sealed class TriggerRouterTests
{
    private const string Farm = "a secret of the farm";
    private const string Lab = "a secret of the lab!";
    private static readonly Trigger Trigger = new() { Id = "t1", Tenant = "default", Model = "credit", Destinations = ["farm"] };
    private static readonly byte[] Body = """{"trigger_id": "t1", "status": "running"}"""u8.ToArray();

    [Theory]
    [InlineData(0, Farm, null)]
    [InlineData(-300, Farm, null)]
    [InlineData(300, Farm, null)]
    [InlineData(-301, Farm, "is 301 s old, at most 300 s are taken")]
    [InlineData(301, Farm, "is 301 s ahead, at most 300 s are taken")]
    [InlineData(0, "another secret than its", "is not that of a destination of this trigger")]
    [InlineData(0, Lab, "is not that of a destination of this trigger")]
    public async Task A_call_back_counts_when_a_destination_of_its_trigger_signed_it_in_time(int seconds, string secret, string? refusal)
    {
        await using var host = await StartAsync();
        var refused = host.Trainers.Refusal(Trigger, Sign(host, secret, Body, seconds), Body);
        if (refusal is null)
            Assert.Null(refused);
        else
            Assert.Contains(refusal, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_several_signatures_is_enough_and_a_changed_body_or_another_trigger_is_not()
    {
        await using var host = await StartAsync();
        var right = Sign(host, Farm, Body);
        Assert.Null(host.Trainers.Refusal(Trigger, right with { Signature = $"v1,bm90aGluZw== {right.Signature}" }, Body));
        Assert.NotNull(host.Trainers.Refusal(Trigger, right, """{"trigger_id": "t1", "status": "failed"}"""u8));
        Assert.NotNull(host.Trainers.Refusal(Trigger, right with { Id = "m2" }, Body));
        Assert.Contains("does not say 'trigger_id' of this trigger", host.Trainers.Refusal(Trigger with { Id = "t2" }, right, Body), StringComparison.Ordinal);
        foreach (var body in (string[])["""{"status": "running"}""", "[1]", "{ no json", """{"trigger_id": 1}"""])
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            Assert.Contains("trigger_id", host.Trainers.Refusal(Trigger, Sign(host, Farm, bytes), bytes), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, "1", "v1,x", "all three headers")]
    [InlineData("m1", null, "v1,x", "all three headers")]
    [InlineData("m1", "1", null, "all three headers")]
    [InlineData("m1", "yesterday", "v1,x", "is no number of seconds")]
    [InlineData("m1", "-5", "v1,x", "is no number of seconds")]
    [InlineData("m1", "999999999999999999", "v1,x", "is no number of seconds")]
    public async Task Headers_that_cannot_be_are_named(string? id, string? timestamp, string? signature, string refusal)
    {
        await using var host = await StartAsync();
        Assert.Contains(refusal, host.Trainers.Refusal(Trigger, new CallbackSignature(id, timestamp, signature), Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trigger_goes_to_each_of_its_destinations_under_an_id_that_stays_and_without_any_to_nobody()
    {
        await using var host = await StartAsync();
        Assert.Equal(["farm", "lab"], host.Trainers.Destinations);
        var trigger = Trigger with { Destinations = ["farm", "lab"] };

        var entries = host.Trainers.Route(trigger, TriggerChange.Requested);

        Assert.Equal([("t1.requested.farm", "triggers/farm"), ("t1.requested.lab", "triggers/lab")], entries.Select(e => (e.Id, e.Destination)));
        Assert.Equal(entries.Select(e => e.Id), host.Trainers.Route(trigger with { Sequence = 9 }, TriggerChange.Requested).Select(e => e.Id));
        var data = JsonDocument.Parse(entries[0].Payload).RootElement.GetProperty("data");
        Assert.Equal(("t1", "https://drift.example.org/v1/triggers/t1/status"), (data.GetProperty("id").GetString(), data.GetProperty("status_url").GetString()));
        Assert.Empty(host.Trainers.Route(Trigger with { Destinations = [] }, TriggerChange.Requested));
    }

    [Theory]
    [InlineData("Name", "Not A Name", "must be 1 to 63 of a-z 0-9 - _")]
    [InlineData("Url", "http://10.0.0.1/secret-path", "cannot be used: it has a private address")]
    [InlineData("Url", "", "Url is missing")]
    [InlineData("Secret", "short", "has 5 bytes, must have 16 or more")]
    [InlineData("Secret", "", "Secret is missing")]
    public async Task A_destination_that_cannot_be_refuses_the_start_without_its_secrets(string key, string value, string fault)
    {
        var settings = Settings.ToDictionary(s => s.Key, s => s.Value);
        settings[$"Drift:Triggers:Destinations:0:{key}"] = value;
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => DeliveryHost.StartAsync([.. settings.Select(s => (s.Key, s.Value))]));
        Assert.Contains($"Drift:Triggers:Destinations:0:{key}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", refused.Message, StringComparison.Ordinal);
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"job_id": "j1"}""", "j1")]
    [InlineData("""{"job_id": ""}""", null)]
    [InlineData("""{"job_id": 7}""", null)]
    [InlineData("""["j1"]""", null)]
    [InlineData("OK", null)]
    [InlineData("", null)]
    public void An_answer_may_name_a_job_and_need_not(string answer, string? job) =>
        Assert.Equal(job, Delivery.Triggers.TriggerChannel.JobIdOf(Encoding.UTF8.GetBytes(answer)));

    private static (string Key, string Value)[] Settings =>
    [
        ("Drift:Triggers:Destinations:0:Name", "farm"), ("Drift:Triggers:Destinations:0:Url", "https://farm.example.org/"), ("Drift:Triggers:Destinations:0:Secret", Farm),
        ("Drift:Triggers:Destinations:1:Name", "lab"), ("Drift:Triggers:Destinations:1:Url", "https://lab.example.org/"), ("Drift:Triggers:Destinations:1:Secret", Lab),
        ("Drift:Alerts:ExternalUrl", "https://drift.example.org"),
    ];

    private static Task<DeliveryHost> StartAsync() => DeliveryHost.StartAsync(Settings);

    private static CallbackSignature Sign(DeliveryHost host, string secret, byte[] body, int seconds = 0)
    {
        var timestamp = host.Clock.GetUtcNow().ToUnixTimeSeconds() + seconds;
        return new CallbackSignature("m1", $"{timestamp}", WebhookSignature.Sign(Encoding.UTF8.GetBytes(secret), "m1", timestamp, body));
    }
}
