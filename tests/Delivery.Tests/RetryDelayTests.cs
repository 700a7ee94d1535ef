namespace Drift.Delivery.Tests;

public sealed class RetryDelayTests
{
    private static readonly DeliveryOptions Options = new() { RetryDelay = TimeSpan.FromSeconds(5), MaxRetryDelay = TimeSpan.FromMinutes(1) };

    [Theory]
    [InlineData(1, 0, null, 5)]
    [InlineData(2, 0, null, 10)]
    [InlineData(4, 0, null, 40)]
    [InlineData(5, 0, null, 60)]
    [InlineData(1_000_000, 0, null, 60)]
    [InlineData(1, 1, null, 2.5)]
    [InlineData(2, 0.5, null, 7.5)]
    [InlineData(1, 0, 30, 30)]
    [InlineData(1, 0, 3600, 60)]
    [InlineData(1, 0, -7, 5)]
    [InlineData(4, 0, 1, 40)]
    public void Delays_double_up_to_the_longest_less_the_jitter_and_heed_what_is_asked(int attempts, double jitter, int? askedSeconds, double seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            RetryDelay.After(Options, attempts, jitter, askedSeconds is { } asked ? TimeSpan.FromSeconds(asked) : null));
}
