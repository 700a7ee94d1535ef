using System.Globalization;
using System.Text.Json;
using Drift.Actors.Adapters;
using Drift.Delivery.Http;

namespace Drift.Delivery.Deployers;

/// <summary>
/// Tells a receiver by a signed message what to load or unload. Any 2xx but 202 says that it is done; 202 says that it is under way, and the same
/// message comes again until another answer is given.
/// </summary>
internal sealed class WebhookDeployer(Uri url, byte[] key, TimeSpan timeout, OutboundHttp http, TimeProvider clock) : IDeployer
{
    private const int MaxAnswer = 64 * 1024;

    public TimeSpan Timeout => timeout;

    public Task<DeliveryResult> LoadAsync(DeploymentRequest request, CancellationToken cancellationToken) => PostAsync("load", request, cancellationToken);

    public Task<DeliveryResult> UnloadAsync(DeploymentRequest request, CancellationToken cancellationToken) => PostAsync("unload", request, cancellationToken);

    private async Task<DeliveryResult> PostAsync(string action, DeploymentRequest request, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new DeploymentMessage(action, request.Id, request.Tenant, request.BaseModel, request.Version, request.LoraName, request.ArtifactUri),
            DeployerJson.Default.DeploymentMessage);
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var answer = await http.AskAsync(
            HttpMethod.Post,
            url,
            body,
            [
                new(WebhookSignature.IdHeader, request.Id),
                new(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture)),
                new(WebhookSignature.SignatureHeader, WebhookSignature.Sign(key, request.Id, timestamp, body)),
            ],
            MaxAnswer,
            timeout,
            cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            { Status: 202 } => new DeliveryResult(DeliveryOutcome.Failed, "is still at it (answered 202)", answer.RetryAfter),
            { Status: >= 200 and < 300 } => new DeliveryResult(DeliveryOutcome.Delivered),
            { Status: 400 or 410 or 413 or 422 } => new DeliveryResult(DeliveryOutcome.Refused, answer.Error),
            _ => new DeliveryResult(DeliveryOutcome.Failed, answer.Error, answer.RetryAfter),
        };
    }
}
