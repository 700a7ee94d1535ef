namespace Drift.Api.Limits;

/// <summary>
/// A token bucket that may go into debt: what a request costs is taken when it is known, and later ones wait until the debt is paid. So
/// the rate holds over time whatever the size of requests, and one that is larger than the bucket is not refused for ever.
/// <see cref="System.Threading.RateLimiting.TokenBucketRateLimiter"/> knows neither a debt nor a <see cref="TimeProvider"/>. Thread-safe.
/// </summary>
/// <param name="perSecond">Tokens that come per second, above 0.</param>
/// <param name="burst">Time after which an untouched bucket is full.</param>
/// <param name="time">The clock.</param>
internal sealed class RateBucket(double perSecond, TimeSpan burst, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly double _capacity = perSecond * burst.TotalSeconds;
    private double _tokens = perSecond * burst.TotalSeconds;
    private long _at = time.GetTimestamp();

    /// <summary>The rate.</summary>
    public double PerSecond => perSecond;

    /// <summary>How long until there is a token again; zero when there is one.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_gate)
            {
                Refill();
                // A bucket of less than one token would otherwise never have one.
                var least = Math.Min(1, _capacity);
                return _tokens >= least ? TimeSpan.Zero : TimeSpan.FromSeconds((least - _tokens) / perSecond);
            }
        }
    }

    /// <summary>What was taken per second, over the time of the burst.</summary>
    public double UsedPerSecond
    {
        get
        {
            lock (_gate)
            {
                Refill();
                return (_capacity - _tokens) / burst.TotalSeconds;
            }
        }
    }

    /// <summary>Takes tokens, into debt if need be.</summary>
    public void Take(double tokens)
    {
        lock (_gate)
        {
            Refill();
            _tokens -= tokens;
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(_capacity, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
