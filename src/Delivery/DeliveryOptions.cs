namespace Drift.Delivery;

/// <summary>How messages leave the outbox.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Delivery";

    /// <summary>How often is looked for messages that are due.</summary>
    /// <value>1 second; 10 ms to 1 minute.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an attempt may take, from the name's resolution to the end of the answer.</summary>
    /// <value>10 seconds; 100 ms to 5 minutes.</value>
    /// <remarks>A message whose sender was killed is sent again when twice this time is over.</remarks>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time before the second attempt; it doubles with each further one. Up to half of it is taken off at random.</summary>
    /// <value>5 seconds; 10 ms to 1 hour.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two attempts.</summary>
    /// <value>1 hour; 10 ms to 1 day, at least <see cref="RetryDelay"/>.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long is tried before a message is given up and waits for a person.</summary>
    /// <value>24 hours; 1 second to 30 days.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Attempts to one destination at a time.</summary>
    /// <value>8; 1 to 100.</value>
    public int MaxConcurrent { get; set; } = 8;

    /// <summary>Whether destinations may be on this machine.</summary>
    /// <value>false</value>
    public bool AllowLoopback { get; set; }

    /// <summary>Whether destinations may have private, link-local or otherwise special addresses, as in a cluster.</summary>
    /// <value>false</value>
    public bool AllowPrivateAddresses { get; set; }
}
