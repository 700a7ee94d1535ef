namespace Drift.Delivery;

/// <summary>How an attempt ended.</summary>
public enum DeliveryOutcome
{
    /// <summary>The destination took the message.</summary>
    Delivered,

    /// <summary>It did not, and may later.</summary>
    Failed,

    /// <summary>It said that it will never take this message.</summary>
    Refused,

    /// <summary>It was not sent, because what it asks for is over. It is settled as if it had been.</summary>
    Needless,
}
