namespace Drift.Delivery;

/// <summary>Part of the configuration that names destinations. Each part that sends something registers one.</summary>
public interface IChannelSource
{
    /// <summary>Its destinations; asked once.</summary>
    IReadOnlyList<IDeliveryChannel> Channels { get; }
}
