using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Json;
using Drift.Api.OpenApi;
using Drift.Api.Options;
using Drift.Api.Wire;
using Drift.Core.Gpus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Drift.Api.Endpoints;

/// <summary>GPUs by node. They belong to the cluster, not to a tenant.</summary>
internal static class GpusApi
{
    private const string Tag = "GPUs";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/gpus", ListAsync).RequireScope(ApiScopes.Read).Document("listGpus", Tag, new()
        {
            Summary = "List the nodes with GPUs",
            Description = "Each with its GPUs as last reported, without processes and instances. GPUs belong to the cluster: every tenant sees all.",
            Response = Examples.Gpus,
        });
        routes.MapGet("/v1/gpus/{node}", GetAsync).RequireScope(ApiScopes.Read).Document("getGpuNode", Tag, new()
        {
            Summary = "Read a node's GPUs",
            Description = "As last reported, with those that are lost or have vanished. A measure that is absent has its reason in 'missing'.",
            Response = Examples.GpuNode,
            Problems = [400, 404],
        });
        routes.MapGet("/v1/gpus/{node}/history", HistoryAsync).RequireScope(ApiScopes.Read).Document("getGpuHistory", Tag, new()
        {
            Summary = "Read samples of a node's GPUs over time",
            Description = "Newest first. ?hours= goes back 1 to 9600 hours (1), ?resolution= is raw, minute or hour (by the hours: raw up to 1, minute up to 48), "
                + "?gpu= is the UUID of one GPU, ?limit= 1 to 10000 samples (1000).",
            Response = Examples.GpuHistory,
            Problems = [400, 404],
        });
        routes.MapPost("/v1/gpus/{node}/samples", ReportAsync).RequireScope(ApiScopes.Ingest).Document("reportGpus", Tag, new()
        {
            Summary = "Report a node's GPUs",
            Description = "What `drift agent` sends from a node that runs no host. A report older than an hour is ignored, one that was taken before "
                + "changes nothing. Taken is not yet stored: a crash costs the samples of the last seconds.",
            Requests = new Dictionary<string, string> { ["application/json"] = Examples.GpuReports },
            RequestType = typeof(GpuReportBatch),
            Response = Examples.GpuReceipt,
            Problems = [400, 413, 415],
        });
    }

    private static async Task<Ok<GpuNodeList>> ListAsync(IDriftEngine engine, IOptions<ApiOptions> options, CancellationToken cancellationToken)
    {
        var names = await engine.GpuCatalog().ListAsync(cancellationToken);
        var nodes = new GpuNodeView?[names.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = options.Value.MaxConcurrentModels, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, limit, async (i, token) =>
        {
            try
            {
                nodes[i] = GpuNodeView.Short(await engine.Gpu(names[i]).GetAsync(token));
            }
            catch (DriftException e) when (e.Error == DriftError.NotFound)
            {
                // Swept since the list was read.
            }
        });
        return TypedResults.Ok(new GpuNodeList([.. nodes.OfType<GpuNodeView>()]));
    }

    private static async Task<Ok<GpuNodeView>> GetAsync(string node, IDriftEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(GpuNodeView.Of(await engine.Gpu(NodeOf(node)).GetAsync(cancellationToken)));

    private static async Task<Ok<GpuHistoryPage>> HistoryAsync(
        string node, int? hours, string? resolution, string? gpu, int? limit, IDriftEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = NodeOf(node);
        var length = Requests.InRange("hours", hours, absent: 1, least: 1, most: 9600);
        var from = time.GetUtcNow().AddHours(-length);
        var query = new GpuHistoryQuery(
            from,
            ResolutionOf(resolution, length),
            string.IsNullOrEmpty(gpu) ? null : gpu,
            Requests.InRange("limit", limit, absent: 1000, least: 1, most: 10_000));
        return TypedResults.Ok(new GpuHistoryPage(name, query.Resolution, from, await engine.Gpu(name).GetHistoryAsync(query, cancellationToken)));
    }

    private static async Task<Ok<GpuReceipt>> ReportAsync(
        string node, HttpContext http, IDriftEngine engine, TimeProvider time, IOptions<IngestOptions> options, CancellationToken cancellationToken)
    {
        var name = NodeOf(node);
        var batch = await JsonBody.ReadAsync<GpuReportBatch>(http, ErrorKind.InvalidRequest, cancellationToken);
        var reports = GpuReportCheck.Check(batch.Reports, time.GetUtcNow() + options.Value.MaxFutureSkew);
        return TypedResults.Ok(await engine.Gpu(name).ReportAsync(reports, cancellationToken));
    }

    private static string NodeOf(string node) => GpuNode.IsName(node)
        ? node
        : throw ApiException.ForField(
            ErrorKind.InvalidRequest,
            "node",
            $"is '{Requests.Shorten(node)}', a node's name must be 1 to {GpuNode.MaxNameLength} of A-Z a-z 0-9 . _ - and start with a letter or digit");

    private static GpuResolution ResolutionOf(string? resolution, int hours) => resolution switch
    {
        null or "" => hours <= 1 ? GpuResolution.Raw : hours <= 48 ? GpuResolution.Minute : GpuResolution.Hour,
        "raw" => GpuResolution.Raw,
        "minute" => GpuResolution.Minute,
        "hour" => GpuResolution.Hour,
        _ => throw ApiException.ForField(ErrorKind.InvalidRequest, "resolution", $"is '{Requests.Shorten(resolution)}', it must be one of raw, minute, hour"),
    };
}
