using Drift.Actors;
using Microsoft.Extensions.Logging;

namespace Drift.Delivery.Deployers;

/// <summary>The configured deployers, as destinations of the outbox.</summary>
internal sealed class DeployerChannels(ConfiguredDeployers deployers, IDriftEngine engine, DeployerInstruments instruments, TimeProvider clock, ILogger<DeployerChannel> logger) : IChannelSource
{
    public IReadOnlyList<IDeliveryChannel> Channels { get; } =
        [.. deployers.All.Select(d => new DeployerChannel(d.Name, d.Entry.GiveUpAfter, d.Deployer, engine, instruments, clock, logger))];
}
