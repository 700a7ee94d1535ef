using Drift.Api.Endpoints;
using Drift.Api.Ingest.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Limits;

/// <summary>Puts routes under the tenants' limits.</summary>
internal static class AdmissionExtensions
{
    /// <summary>Lets requests to this route of one model in, or refuses them before their body is read.</summary>
    public static RouteHandlerBuilder RequireAdmission(this RouteHandlerBuilder route) => route.AddEndpointFilterFactory(static (factory, next) =>
    {
        // Taken once: asking each request's services for it would make a scope per request.
        var guard = factory.ApplicationServices.GetRequiredService<TenantGuard>();
        return async context =>
        {
            using var admission = guard.Admit(context.HttpContext);
            return await next(context);
        };
    });

    /// <summary>Lets a request to a route with a model in, until what this gives is disposed.</summary>
    /// <exception cref="Errors.ApiException">It is refused.</exception>
    public static Admission Admit(this TenantGuard guard, HttpContext http)
    {
        var model = Requests.ModelOf(http, (string)http.Request.RouteValues["model"]!);
        // What a stream costs is taken as it arrives: its length may be that of hours.
        var bytes = StreamRequest.IsOne(http.Request) ? 0 : http.Request.ContentLength ?? 0;
        var admission = guard.Admit(model, bytes);
        http.Features.Set(admission);
        return admission;
    }

    /// <summary>The admission on a route that requires one; else null.</summary>
    public static Admission? FindAdmission(this HttpContext http) => http.Features.Get<Admission>();
}
