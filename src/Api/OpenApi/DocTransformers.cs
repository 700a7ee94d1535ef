using System.Text.Json.Nodes;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Drift.Api.OpenApi;

/// <summary>Completes the OpenAPI document with what the endpoints' <see cref="OperationDoc"/> says.</summary>
internal static class DocTransformers
{
    private const string KeyScheme = "ApiKey";
    private const string BearerScheme = "Bearer";

    public static Task DescribeDocument(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Orleans.Drift",
            Version = "v1",
            Description = "Watches machine-learning models in production: POST predictions and labels, read verdicts. "
                + "Times are RFC 3339 UTC, absent fields are omitted, errors are application/problem+json with a stable type (docs/errors.md).",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [KeyScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" },
            [BearerScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
        };
        return Task.CompletedTask;
    }

    public static async Task DescribeOperation(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<OperationDoc>().LastOrDefault() is not { } doc)
            return;

        if (doc.Requests.Count > 0)
        {
            var content = new Dictionary<string, OpenApiMediaType>();
            foreach (var (type, example) in doc.Requests)
            {
                content[type] = new OpenApiMediaType
                {
                    Schema = doc.RequestType is { } schema
                        ? await context.GetOrCreateSchemaAsync(schema, null, cancellationToken)
                        : new OpenApiSchema { Type = type == "application/json" ? JsonSchemaType.Object : JsonSchemaType.String },
                    Example = ExampleOf(type, example),
                };
            }

            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            foreach (var (type, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                if (type == Problem.ContentType)
                    media.Example = ProblemExample(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), doc);
                else if (doc.Response is { } example)
                    media.Example = ExampleOf(type, example);
            }
        }

        if (metadata.OfType<RequiredScope>().LastOrDefault() is { } scope)
        {
            operation.Description = $"{operation.Description} Needs the scope '{scope.Scope.ToString().ToLowerInvariant()}' once API keys are configured.".TrimStart();
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] },
            ];
        }
    }

    private static JsonNode? ExampleOf(string type, string example) => type == "application/json" ? JsonNode.Parse(example) : JsonValue.Create(example);

    private static JsonObject ProblemExample(int status, OperationDoc doc)
    {
        var kind = status switch
        {
            400 => doc.Requests.Count > 0 ? ErrorKind.MalformedBody : ErrorKind.InvalidRequest,
            404 => ErrorKind.NotFound,
            _ => ErrorKind.ForStatus(status),
        };
        var example = new JsonObject
        {
            ["type"] = kind.Type,
            ["title"] = kind.Title,
            ["status"] = kind.Status,
            ["detail"] = kind.Status switch
            {
                400 when doc.Requests.Count > 0 => "The body is no valid JSON at line 3, byte 17.",
                400 => "'window' is '2h', it must be one of 1h, 24h, 7d, 30d.",
                401 => "No API key was sent. Send it as 'X-Api-Key: <key>' or 'Authorization: Bearer <key>'.",
                403 => AccessMiddleware.Missing(ApiScopes.Read),
                404 => "There is no model 'default/credit'.",
                413 => "The body is larger than 67108864 bytes, the most that one request may have, decompressed. Send it in several.",
                415 => "The content type is 'text/plain', it must be one of application/json, application/x-ndjson, text/csv (UTF-8).",
                422 => "Row 3: 'features.age' is a text, it must be a number.",
                _ => kind.Title,
            },
        };
        if (kind.Status == 422)
        {
            example["errors"] = new JsonObject { ["features.age"] = new JsonArray("is a text, it must be a number") };
            example["row"] = 3;
        }

        example["traceId"] = "0af7651916cd43dd8448eb211c80319c";
        return example;
    }
}
