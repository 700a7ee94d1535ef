using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Integrations;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>Webhooks of MLflow's model registry.</summary>
internal static class MlflowApi
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxId = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Deliveries that were taken, by this process; in the cluster the adapters' catalog knows them too.
        var taken = new RecentIds(
            routes.ServiceProvider.GetRequiredService<TimeProvider>(),
            2 * routes.ServiceProvider.GetRequiredService<IOptions<MlflowOptions>>().Value.MaxAge,
            most: 10_000);
        routes.MapPost("/v1/integrations/mlflow", (HttpContext http, MlflowRegistry registry, IOptions<MlflowOptions> options, TimeProvider time, CancellationToken cancellationToken) =>
            TakeAsync(http, registry, options.Value, time, taken, cancellationToken)).WithMetadata(new SignedRequests()).Document("mlflowWebhook", "Integrations", new()
        {
            Summary = "Take a webhook of MLflow",
            Description = "Signed with the secret of the webhook instead of an API key: X-MLflow-Signature over X-MLflow-Delivery-Id, X-MLflow-Timestamp and the "
                + "body. 'model_version.created' registers an adapter, the alias 'challenger' deploys it as canary, 'champion' makes it the champion, and an alias "
                + "that is deleted takes it back. A delivery that came before changes nothing.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.MlflowDelivery },
            Response = Examples.MlflowReceipt,
            Problems = [400, 401, 404, 409, 413, 503],
        });
    }

    private static async Task<Ok<IntegrationReceipt>> TakeAsync(
        HttpContext http, MlflowRegistry registry, MlflowOptions options, TimeProvider time, RecentIds taken, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Secret))
            throw new ApiException(ErrorKind.NotFound, $"Webhooks of MLflow are not taken here: {MlflowOptions.SectionName}:{nameof(options.Secret)} is not set.");
        using var body = await BodyReader.ReadAsync(http, MaxBytes, cancellationToken);
        var delivery = http.Request.Headers[MlflowSignature.DeliveryHeader].ToString();
        if (MlflowSignature.Refusal(
                options.Secret, delivery, http.Request.Headers[MlflowSignature.TimestampHeader], http.Request.Headers[MlflowSignature.SignatureHeader],
                body.Span, time.GetUtcNow(), options.MaxAge) is { } refusal)
        {
            throw new ApiException(ErrorKind.InvalidSignature, refusal);
        }

        if (delivery.Length > MaxId)
            throw ApiException.ForField(ErrorKind.InvalidRequest, MlflowSignature.DeliveryHeader, $"has {delivery.Length} characters, it may have {MaxId}");
        if (!taken.TryAdd(delivery))
            return TypedResults.Ok(new IntegrationReceipt { DeliveryId = delivery, Outcome = "duplicate" });
        try
        {
            return TypedResults.Ok(await registry.TakeAsync(delivery, MlflowEvent.Read(body.Span.ToArray()), cancellationToken));
        }
        catch
        {
            // MLflow sends it again when it was not our fault alone, and then it must not look taken.
            taken.Forget(delivery);
            throw;
        }
    }
}
