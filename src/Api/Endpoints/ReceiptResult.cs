using System.Reflection;
using System.Text.Json;
using Drift.Api.Json;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Drift.Api.Endpoints;

/// <summary>
/// A receipt as an answer 200: in one piece and with its length, which for something so small and frequent is half the work of the framework's
/// own way.
/// </summary>
internal sealed class ReceiptResult(IngestReceipt receipt) : IResult, IEndpointMetadataProvider
{
    private const string ContentType = "application/json; charset=utf-8";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(IngestReceipt), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(receipt, DriftJson.Output.IngestReceipt);
        httpContext.Response.ContentType = ContentType;
        httpContext.Response.ContentLength = bytes.Length;
        return httpContext.Response.BodyWriter.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }
}
