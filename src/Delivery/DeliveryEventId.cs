namespace Drift.Delivery;

/// <summary>The event ids of Delivery: 5000 to 5999. A number is never used again for something else.</summary>
internal static class DeliveryEventId
{
    public const int Delivered = 5000;
    public const int AttemptFailed = 5001;
    public const int GivenUp = 5002;
    public const int OutboxUnavailable = 5003;
    public const int UnknownDestination = 5004;
    public const int Needless = 5005;

    public const int ResendFailed = 5100;
}
