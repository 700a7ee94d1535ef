using Drift.Actors;
using Drift.Delivery.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Deployers;

/// <summary>The configured deployers, as destinations of the outbox.</summary>
internal sealed class DeployerChannels : IChannelSource
{
    public DeployerChannels(
        IOptions<DeployerOptions> options, IDriftEngine engine, OutboundHttp http, DeployerInstruments instruments, TimeProvider clock, ILogger<DeployerChannel> logger) =>
        Channels =
        [
            .. options.Value.Deployers.Select(d => new DeployerChannel(
                d.Key,
                d.Value.GiveUpAfter,
                d.Value.Kind == DeployerKind.Vllm
                    ? new VllmDeployer([.. d.Value.Urls.Select(u => new Uri(u.TrimEnd('/') + "/"))], d.Value.ApiKey, d.Value.Timeout, http, clock)
                    : new WebhookDeployer(new Uri(d.Value.Urls[0]), WebhookSignature.KeyOf(d.Value.Secret!)!, d.Value.Timeout, http, clock),
                engine,
                instruments,
                clock,
                logger)),
        ];

    public IReadOnlyList<IDeliveryChannel> Channels { get; }
}
