using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Deployers;

/// <summary>The configured deployers by name, with what they are configured as.</summary>
internal sealed class ConfiguredDeployers(IOptions<DeployerOptions> options, OutboundHttp http, TimeProvider clock)
{
    public IReadOnlyList<(string Name, DeployerEntry Entry, IDeployer Deployer)> All { get; } =
        [.. options.Value.Deployers.Select(d => (d.Key, d.Value, Create(d.Value, http, clock)))];

    private static IDeployer Create(DeployerEntry entry, OutboundHttp http, TimeProvider clock) => entry.Kind == DeployerKind.Vllm
        ? new VllmDeployer([.. entry.Urls.Select(u => new Uri(u.TrimEnd('/') + "/"))], entry.ApiKey, entry.Timeout, http, clock)
        : new WebhookDeployer(new Uri(entry.Urls[0]), WebhookSignature.KeyOf(entry.Secret!)!, entry.Timeout, http, clock);
}
