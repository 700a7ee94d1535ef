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
    public const int NobodyTold = 5006;

    public const int ResendFailed = 5100;

    public const int Deployed = 5200;
    public const int AdapterLost = 5201;
    public const int DeployerNotWatched = 5202;

    public const int VllmUnreadable = 5300;
    public const int VllmReadable = 5301;
}
