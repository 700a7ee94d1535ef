using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Wire;
using Drift.Core.Triggers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Drift.Api.Endpoints;

/// <summary>Fine-tuning triggers: lists, decisions of people, call-backs of trainers.</summary>
internal static class TriggersApi
{
    private const string Tag = "Triggers";
    private const int MaxText = 1000;
    private const int MaxName = 200;
    private static readonly TriggerStatus[] Reported = [TriggerStatus.Accepted, TriggerStatus.Running, TriggerStatus.Succeeded, TriggerStatus.Failed];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/triggers", ListAsync).RequireScope(ApiScopes.Read).Document("listTriggers", Tag, new()
        {
            Summary = "List fine-tuning triggers",
            Description = "The latest made first. ?model= is the name of one model, ?status= one of pending, approved, sent, accepted, running, succeeded, failed, "
                + "cancelled, expired, ?limit= 1 to 1000 (100), ?before= the 'next' of the page before.",
            Response = Examples.Triggers,
            Problems = [400],
        });
        routes.MapGet("/v1/triggers/{id}", FindAsync).RequireScope(ApiScopes.Read).Document("getTrigger", Tag, new()
        {
            Summary = "Read a trigger",
            Response = Examples.Trigger,
            Problems = [404],
        });
        routes.MapPost("/v1/models/{model}/triggers", RequestAsync).RequireScope(ApiScopes.Admin).Document("requestTrigger", Tag, new()
        {
            Summary = "Ask for a model to be fine-tuned",
            Description = "Makes a trigger now, whatever the drift: neither cooldown nor budget nor approval holds it back. One at a time: while another trigger of the model is "
                + "under way it is refused. With an Idempotency-Key the same request again gives the same trigger.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TriggerRequest },
            RequestType = typeof(ManualTriggerRequest),
            Response = Examples.Trigger,
            Problems = [400, 404, 409, 415],
        });
        routes.MapPost("/v1/triggers/{id}/approve", ApproveAsync).RequireScope(ApiScopes.Admin).Document("approveTrigger", Tag, new()
        {
            Summary = "Let a pending trigger go out",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TriggerApprove },
            RequestType = typeof(ApproveRequest),
            Response = Examples.Trigger,
            Problems = [400, 404, 409, 415],
        });
        routes.MapPost("/v1/triggers/{id}/cancel", CancelAsync).RequireScope(ApiScopes.Admin).Document("cancelTrigger", Tag, new()
        {
            Summary = "Call a trigger off",
            Description = "A message that was not sent yet is not sent any more; who was told to begin is told to end.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TriggerCancel },
            RequestType = typeof(CancelRequest),
            Response = Examples.Trigger,
            Problems = [400, 404, 409, 415],
        });
        routes.MapPost("/v1/triggers/{id}/status", ReportAsync).RequireScope(ApiScopes.Ingest).WithMetadata(new SignedCallbacks()).Document("reportTrigger", Tag, new()
        {
            Summary = "Say how a trigger's job goes",
            Description = "From the trainer: accepted, running, succeeded or failed. Either with an API key, or signed with the destination's secret as the trigger itself was "
                + "(webhook-id, webhook-timestamp, webhook-signature), at most 5 minutes ago; a signed body also says 'trigger_id'. Reports may be repeated and come out of order. "
                + "The same status again is a sign of life.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.TriggerStatus },
            RequestType = typeof(TriggerStatusRequest),
            Response = Examples.Trigger,
            Problems = [400, 404, 409, 413, 415],
        });
    }

    private static async Task<Ok<TriggerPage>> ListAsync(
        string? status, string? model, int? limit, string? before, HttpContext http, [FromServices] ITriggerStore triggers, CancellationToken cancellationToken)
    {
        var tenant = http.GetCaller().Tenant;
        var query = new TriggerQuery(
            string.IsNullOrEmpty(model) ? null : Requests.ModelOf(http, model).Name,
            Requests.OneOf<TriggerStatus>("status", status),
            string.IsNullOrEmpty(before) ? null : Requests.Text("before", before, MaxName),
            Requests.InRange("limit", limit, absent: 100, least: 1, most: 1000));
        var found = await triggers.ListAsync(tenant, query, cancellationToken);
        return TypedResults.Ok(new TriggerPage(tenant, found.Count, found) { Next = found.Count == query.Limit ? found[^1].Id : null });
    }

    private static async Task<Ok<Trigger>> FindAsync(string id, HttpContext http, [FromServices] ITriggerStore triggers, CancellationToken cancellationToken) =>
        TypedResults.Ok(await OfAsync(http.GetCaller(), id, triggers, cancellationToken));

    private static async Task<Ok<Trigger>> RequestAsync(string model, HttpContext http, IDriftEngine engine, CancellationToken cancellationToken)
    {
        var id = Requests.ModelOf(http, model);
        var request = await JsonBody.ReadAsync<ManualTriggerRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        Requests.RequireText("by", request.By, Requests.MaxWho);
        Requests.RequireText("reason", request.Reason, MaxText);
        var key = BatchId.Of(http.Request) ?? Guid.NewGuid().ToString("N");
        var policy = (await engine.Model(id).DescribeAsync(cancellationToken)).Settings.Triggers;
        return TypedResults.Ok(await engine.Trigger(id).RequestAsync(new TriggerRequest(key, policy, request.By, request.Reason), cancellationToken));
    }

    private static async Task<Ok<Trigger>> ApproveAsync(string id, HttpContext http, IDriftEngine engine, [FromServices] ITriggerStore triggers, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<ApproveRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        Requests.RequireText("by", request.By, Requests.MaxWho);
        var trigger = await OfAsync(http.GetCaller(), id, triggers, cancellationToken);
        return TypedResults.Ok(await ActorOf(engine, trigger).ApproveAsync(trigger.Id, request.By, cancellationToken));
    }

    private static async Task<Ok<Trigger>> CancelAsync(string id, HttpContext http, IDriftEngine engine, [FromServices] ITriggerStore triggers, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync<CancelRequest>(http, ErrorKind.InvalidRequest, cancellationToken);
        Requests.RequireText("by", request.By, Requests.MaxWho);
        if (request.Reason is not null)
            Requests.RequireText("reason", request.Reason, MaxText);
        var trigger = await OfAsync(http.GetCaller(), id, triggers, cancellationToken);
        return TypedResults.Ok(await ActorOf(engine, trigger).CancelAsync(trigger.Id, request.By, request.Reason, cancellationToken));
    }

    private static async Task<Ok<Trigger>> ReportAsync(
        string id, HttpContext http, IDriftEngine engine, [FromServices] ITriggerStore triggers, [FromServices] ITriggerRouter router, CancellationToken cancellationToken)
    {
        using var body = await JsonBody.ReadBytesAsync(http, cancellationToken);
        var trigger = await SenderAsync(id, http, body, triggers, router, cancellationToken);
        var request = JsonBody.Parse<TriggerStatusRequest>(body.Span, ErrorKind.InvalidRequest);
        if (request.TriggerId is { } said && said != trigger.Id)
            throw ApiException.ForField(ErrorKind.InvalidRequest, "trigger_id", $"is '{Requests.Shorten(said)}', but the route names {trigger.Id}");
        var report = new TriggerReport
        {
            Id = trigger.Id,
            Status = StatusOf(request.Status),
            JobId = Requests.TextOrNull("job_id", request.JobId, MaxName),
            AdapterVersion = Requests.TextOrNull("adapter_version", request.AdapterVersion, MaxName),
            Message = Requests.TextOrNull("message", request.Message, MaxText),
        };
        return TypedResults.Ok(await ActorOf(engine, trigger).ReportAsync(report, cancellationToken));
    }

    /// <summary>The trigger that a call-back is about, when its sender may speak of it: by a signature, or else by a key.</summary>
    private static async Task<Trigger> SenderAsync(
        string id, HttpContext http, PooledBody body, ITriggerStore triggers, ITriggerRouter router, CancellationToken cancellationToken)
    {
        var headers = http.Request.Headers;
        if (!headers.ContainsKey(SignedCallbacks.SignatureHeader))
            return await OfAsync(http.GetCaller(), id, triggers, cancellationToken);
        var signature = new CallbackSignature(headers[SignedCallbacks.IdHeader], headers[SignedCallbacks.TimestampHeader], headers[SignedCallbacks.SignatureHeader]);
        // Whether there is such a trigger is nobody's business who cannot sign for it.
        var trigger = await triggers.FindAsync(id, cancellationToken) ?? new Trigger();
        return router.Refusal(trigger, signature, body.Span) is { } refusal ? throw new ApiException(ErrorKind.InvalidSignature, refusal) : trigger;
    }

    private static TriggerStatus StatusOf(string status)
    {
        var words = Reported.ToDictionary(s => s.ToString().ToLowerInvariant(), s => s, StringComparer.Ordinal);
        return words.TryGetValue(status, out var known)
            ? known
            : throw ApiException.ForField(ErrorKind.InvalidRequest, "status", $"is '{Requests.Shorten(status)}', it must be one of {string.Join(", ", words.Keys)}");
    }

    private static ITriggerActor ActorOf(IDriftEngine engine, Trigger trigger) => engine.Trigger(ModelId.Create(trigger.Tenant, trigger.Model));

    private static async Task<Trigger> OfAsync(Caller caller, string id, ITriggerStore triggers, CancellationToken cancellationToken) =>
        await triggers.FindAsync(id, cancellationToken) is { } trigger && trigger.Tenant == caller.Tenant
            ? trigger
            : throw new DriftException(
                DriftError.NotFound, $"There is no trigger '{Requests.Shorten(id)}'. GET /v1/triggers lists them; those that are over are kept for Drift:Retention:Triggers.");
}
