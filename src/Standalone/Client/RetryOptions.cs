namespace Drift.Standalone.Client;

/// <summary>How long a request that fails transiently is sent again.</summary>
internal sealed record RetryOptions
{
    /// <summary>Not once.</summary>
    public static RetryOptions None { get; } = new() { Limit = TimeSpan.Zero };

    /// <summary>For as long as the caller does not cancel.</summary>
    public static RetryOptions Forever { get; } = new() { Limit = TimeSpan.MaxValue };

    /// <summary>From the first try on; a try that would begin later is not made.</summary>
    /// <value>Default 60 seconds: longer than a killed silo's models need to come back elsewhere.</value>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Before the second try; doubles with each further one.</summary>
    /// <value>Default 200 ms.</value>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between two tries, unless the server asks for more.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait after a failed try.</summary>
    /// <param name="attempt">How many tries were made, at least 1.</param>
    /// <param name="asked">What the server asked for with <c>Retry-After</c>: never less than that.</param>
    public TimeSpan DelayAfter(int attempt, TimeSpan? asked)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(attempt, 20) - 1);
        if (delay > LongestDelay)
            delay = LongestDelay;
        return asked > delay ? asked.Value : delay;
    }
}
