using Drift.Api.Limits;
using Drift.Support;

namespace Drift.Api.Tests.Limits;

public sealed class RateBucketTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_debt_of_any_size_is_paid_at_the_rate()
    {
        var bucket = new RateBucket(100, TimeSpan.FromSeconds(10), _clock);
        Assert.Equal(TimeSpan.Zero, bucket.Wait);
        bucket.Take(5_000);
        Assert.Equal(500, bucket.UsedPerSecond);
        Assert.Equal(40.01, bucket.Wait.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(0.01, bucket.Wait.TotalSeconds, 6);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, bucket.Wait);
    }

    [Fact]
    public void A_quiet_time_saves_a_burst_and_no_more()
    {
        var bucket = new RateBucket(100, TimeSpan.FromSeconds(10), _clock);
        _clock.Advance(TimeSpan.FromDays(1));
        bucket.Take(999);
        Assert.Equal(TimeSpan.Zero, bucket.Wait);
        bucket.Take(1);
        Assert.True(bucket.Wait > TimeSpan.Zero);
    }

    [Fact]
    public void Over_a_long_time_the_rate_holds_whatever_is_taken_at_a_time()
    {
        var random = new Random(3);
        var bucket = new RateBucket(100, TimeSpan.FromSeconds(10), _clock);
        double taken = 0, largest = 0;
        for (var step = 0; step < 100_000; step++)
        {
            if (bucket.Wait == TimeSpan.Zero)
            {
                var tokens = random.Next(1, 700);
                bucket.Take(tokens);
                (taken, largest) = (taken + tokens, Math.Max(largest, tokens));
            }

            _clock.Advance(TimeSpan.FromMilliseconds(random.Next(500)));
        }

        var seconds = (_clock.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds;
        Assert.InRange(taken, 0.95 * 100 * seconds, (100 * seconds) + 1000 + largest);
    }

    [Fact]
    public void A_bucket_of_less_than_a_token_fills_all_the_same()
    {
        var bucket = new RateBucket(0.01, TimeSpan.FromSeconds(1), _clock);
        Assert.Equal(TimeSpan.Zero, bucket.Wait);
        bucket.Take(1);
        Assert.InRange(bucket.Wait.TotalSeconds, 99, 101);
    }
}
