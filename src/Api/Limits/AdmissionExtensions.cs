using Drift.Api.Endpoints;
using Drift.Api.Ingest.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Limits;

/// <summary>Puts routes under the tenants' limits.</summary>
internal static class AdmissionExtensions
{
    /// <summary>Lets requests to this route of one model in, or refuses them before their body is read.</summary>
    public static RouteHandlerBuilder RequireAdmission(this RouteHandlerBuilder route) => route.AddEndpointFilter(static async (context, next) =>
    {
        var http = context.HttpContext;
        var model = Requests.ModelOf(http, (string)http.GetRouteValue("model")!);
        // What a stream costs is taken as it arrives: its length may be that of hours.
        var bytes = StreamRequest.IsOne(http.Request) ? 0 : http.Request.ContentLength ?? 0;
        using var admission = http.RequestServices.GetRequiredService<TenantGuard>().Admit(model, bytes);
        http.Features.Set(admission);
        return await next(context);
    });

    /// <summary>The admission on a route that requires one; else null.</summary>
    public static Admission? FindAdmission(this HttpContext http) => http.Features.Get<Admission>();
}
