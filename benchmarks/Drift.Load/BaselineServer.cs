using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Drift.Load;

/// <summary>What ours is measured against: Kestrel endpoints on the same route that keep nothing.</summary>
internal static class BaselineServer
{
    /// <summary>Builds a server.</summary>
    /// <param name="url">Where it listens.</param>
    /// <param name="walk">True reads every number of a JSON body with <see cref="Utf8JsonReader"/>; false only takes the bytes off the connection.</param>
    public static WebApplication Build(string url, bool walk)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        // A bare delegate: no binding, no result object.
        app.MapPost("/v1/models/{model}/predictions", walk ? WalkAsync : DrainAsync);
        return app;
    }

    private static async Task DrainAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task WalkAsync(HttpContext context)
    {
        var (numbers, sum) = await WalkAsync(context.Request.BodyReader, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($"{{\"numbers\":{numbers},\"sum\":{sum:R}}}", context.RequestAborted);
    }

    /// <summary>Reads a JSON document as it arrives, as <see cref="Utf8JsonReader"/>'s documentation shows it.</summary>
    internal static async Task<(long Numbers, double Sum)> WalkAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var state = default(JsonReaderState);
        long numbers = 0;
        var sum = 0.0;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var consumed = Walk(read.Buffer, read.IsCompleted, ref state, ref numbers, ref sum);
            body.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted)
                return (numbers, sum);
        }
    }

    private static SequencePosition Walk(in ReadOnlySequence<byte> bytes, bool isFinal, ref JsonReaderState state, ref long numbers, ref double sum)
    {
        var reader = new Utf8JsonReader(bytes, isFinal, state);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number)
                continue;
            sum += reader.GetDouble();
            numbers++;
        }

        state = reader.CurrentState;
        return reader.Position;
    }
}
