namespace Drift.Delivery;

/// <summary>Random shares of delays. Thread-safe.</summary>
/// <param name="seed">The same seed gives the same shares; hosts that share an outbox should differ.</param>
internal sealed class Jitter(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The next share: from 0, below 1.</summary>
    public double Next()
    {
        lock (_random)
            return _random.NextDouble();
    }
}
