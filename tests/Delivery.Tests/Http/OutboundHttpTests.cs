using Drift.Delivery.Http;
using Drift.Support;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Tests.Http;

public sealed class OutboundHttpTests
{
    private static readonly DeliveryOptions Local = new() { AllowLoopback = true };

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered, null)]
    [InlineData(202, DeliveryOutcome.Delivered, null)]
    [InlineData(302, DeliveryOutcome.Failed, "answered 302, a redirect, which is not followed: configure the address that it leads to")]
    [InlineData(400, DeliveryOutcome.Refused, "answered 400")]
    [InlineData(401, DeliveryOutcome.Failed, "answered 401")]
    [InlineData(404, DeliveryOutcome.Failed, "answered 404")]
    [InlineData(410, DeliveryOutcome.Refused, "answered 410")]
    [InlineData(429, DeliveryOutcome.Failed, "answered 429")]
    [InlineData(503, DeliveryOutcome.Failed, "answered 503")]
    public async Task An_answer_says_how_the_attempt_ended(int status, DeliveryOutcome outcome, string? error)
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Answer = _ => Task.FromResult(status);

        var result = await PostAsync(Local, receiver.Address);

        Assert.Equal(new DeliveryResult(outcome, error), result);
        Assert.Equal(("{}", "application/json"), (receiver.Requests[0].Body, receiver.Requests[0].Headers["Content-Type"]));
    }

    // A name is looked up and what it leads to is judged, so a name of the inside is no way around the guard.
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    public async Task A_host_that_leads_inside_is_not_connected_to(string host)
    {
        await using var receiver = HttpReceiver.Start();

        var result = await PostAsync(new DeliveryOptions(), new Uri($"http://{host}:{receiver.Address.Port}/"));

        Assert.Equal(DeliveryOutcome.Failed, result.Outcome);
        Assert.Equal("is on this machine, which Drift:Delivery:AllowLoopback does not allow", result.Error);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Nobody_listening_is_a_failure_that_names_no_address()
    {
        await using var receiver = HttpReceiver.Away();

        Assert.Equal(new DeliveryResult(DeliveryOutcome.Failed, "cannot be reached: ConnectionRefused"), await PostAsync(Local, new Uri(receiver.Address, "secret")));
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_is_left_after_the_time_limit()
    {
        await using var receiver = HttpReceiver.Start();
        var release = new TaskCompletionSource<int>();
        receiver.Answer = _ => release.Task;
        var clock = new FakeClock();
        using var http = new OutboundHttp(Options.Create(Local), clock);

        var posting = http.PostAsync(receiver.Address, "{}"u8.ToArray(), [], default);
        await Eventually.Async(() => receiver.Requests.Count == 1, TimeSpan.FromSeconds(20), "the request arrives");
        Assert.False(posting.IsCompleted);
        clock.Advance(Local.Timeout);

        Assert.Equal(new DeliveryResult(DeliveryOutcome.Failed, "did not answer within 00:00:10"), await posting);
        release.SetResult(200);
    }

    private static async Task<DeliveryResult> PostAsync(DeliveryOptions options, Uri url)
    {
        using var http = new OutboundHttp(Options.Create(options), TimeProvider.System);
        return await http.PostAsync(url, "{}"u8.ToArray(), [], default);
    }
}
