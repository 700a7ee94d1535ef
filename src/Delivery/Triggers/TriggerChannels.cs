using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Delivery.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Triggers;

/// <summary>The ways to the trainers of the configuration.</summary>
internal sealed class TriggerChannels(
    IOptions<TriggerDestinationOptions> options, OutboundHttp http, IServiceProvider services, ITriggerStore triggers, TimeProvider clock) : IChannelSource
{
    // The engine is asked for with the first message: its actors need the router, which stands beside this.
    public IReadOnlyList<IDeliveryChannel> Channels { get; } =
    [
        .. options.Value.Destinations.Select((destination, i) => new TriggerChannel(
            TriggerRouter.DestinationOf(options.Value.NameAt(i)),
            new Uri(destination.Url!),
            WebhookSignature.KeyOf(destination.Secret!)!,
            http,
            services.GetRequiredService<IDriftEngine>,
            triggers,
            clock)),
    ];
}
