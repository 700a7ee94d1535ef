using Drift.Delivery.Tests.Support;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Tests.Alerts;

public sealed class AlertOptionsTests
{
    [Theory]
    [InlineData("Drift:Alerts:Webhooks:0:Url", "ftp://example.org/token", "Drift:Alerts:Webhooks:0:Url is no address that begins with http:// or https://")]
    [InlineData("Drift:Alerts:Webhooks:0:Url", "https://user:token@example.org/", "Drift:Alerts:Webhooks:0:Url holds a user name")]
    [InlineData("Drift:Alerts:Webhooks:0:Url", "http://169.254.169.254/token", "Drift:Alerts:Webhooks:0:Url cannot be used: it has a private address")]
    [InlineData("Drift:Alerts:Webhooks:0:Secret", "token", "Drift:Alerts:Webhooks:0:Secret has 5 bytes, must have 16 or more")]
    [InlineData("Drift:Alerts:Webhooks:0:Secret", "whsec_token!", "Drift:Alerts:Webhooks:0:Secret begins with whsec_")]
    [InlineData("Drift:Alerts:Webhooks:0:Name", "Pager of mine", "Drift:Alerts:Webhooks:0:Name is 'Pager of mine', must be 1 to 63 of a-z 0-9 - _")]
    [InlineData("Drift:Alerts:Webhooks:0:Name", "slack", "Drift:Alerts:Webhooks:0:Name is 'slack', which another destination is called")]
    [InlineData("Drift:Alerts:Webhooks", "https://example.org/token", "Drift:Alerts:Webhooks is a text of 25 characters, must have members: Drift:Alerts:Webhooks:0:Url")]
    [InlineData("Drift:Alerts:Webhooks:1", "https://example.org/token", "Drift:Alerts:Webhooks:1 is a text of 25 characters, must have members")]
    [InlineData("Drift:Triggers:Destinations:0", "https://example.org/token", "Drift:Triggers:Destinations:0 is a text of 25 characters, must have members")]
    [InlineData("Drift:Alerts:Slack:Url", "token", "Drift:Alerts:Slack:Url is no address")]
    [InlineData("Drift:Alerts:Alertmanager:Url", "http://8.8.8.8:9093, http://[::ffff:10.0.0.1]:9093/token", "Drift:Alerts:Alertmanager:Url cannot be used: it has a private address")]
    [InlineData("Drift:Alerts:Alertmanager:ResendInterval", "02:00:00", "Drift:Alerts:Alertmanager:ResendInterval is 02:00:00")]
    [InlineData("Drift:Alerts:ExternalUrl", "drift.example.org", "Drift:Alerts:ExternalUrl is 'drift.example.org'")]
    [InlineData("Drift:Delivery:Timeout", "00:10:00", "Drift:Delivery:Timeout is 00:10:00")]
    [InlineData("Drift:Delivery:MaxRetryDelay", "00:00:01", "Drift:Delivery:MaxRetryDelay is 00:00:01, must be at least RetryDelay, which is 00:00:05")]
    public async Task What_cannot_work_refuses_the_start_by_its_key_and_without_its_secrets(string key, string value, string message)
    {
        var settings = new Dictionary<string, string>
        {
            ["Drift:Alerts:Webhooks:0:Name"] = "pager",
            ["Drift:Alerts:Webhooks:0:Url"] = "https://example.org/",
            ["Drift:Alerts:Webhooks:0:Secret"] = "a secret of sixteen",
            [key] = value,
        };

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => DeliveryHost.StartAsync([.. settings.Select(s => (s.Key, s.Value))]));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Drift:Alerts:Webhooks:0:Sekret", "'Sekret'")]
    [InlineData("Drift:Alerts:Webhooks:0:Name:0", "System.String")]
    [InlineData("Drift:Triggers:Destinations:0:Sekret", "'Sekret'")]
    public async Task A_receiver_with_a_member_that_does_not_exist_refuses_the_start_instead_of_being_left_out(string key, string named)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => DeliveryHost.StartAsync((key, "token")));

        Assert.Contains(named, refused.InnerException!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token", refused.InnerException.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_the_webhooks_are_named_at_once()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => DeliveryHost.StartAsync(
            ("Drift:Alerts:Webhooks:0:Name", "pager"), ("Drift:Alerts:Webhooks:1:Name", "pager"), ("Drift:Alerts:Webhooks:1:Secret", "short")));

        Assert.Equal(5, refused.Failures.Count());
    }
}
