using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Options;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Drift.Api.Ingest;

/// <summary>Takes labels by prediction id. Thread-safe.</summary>
internal sealed class LabelIngest(IDriftEngine engine, IOptions<IngestOptions> options, TimeProvider time)
{
    /// <summary>Takes the labels that a request carries; answers when they are durable.</summary>
    /// <exception cref="ApiException">They are refused; nothing has changed.</exception>
    public async Task<LabelReceipt> IngestAsync(ModelId id, HttpContext http, CancellationToken cancellationToken)
    {
        var format = RowBody.FormatOf(http.Request);
        using var body = await BodyReader.ReadAsync(http, options.Value.MaxBodyBytes, cancellationToken);
        var (fromBody, labels) = LabelReader.Read(format, body, options.Value.ToLimits());
        var batchId = BatchId.Of(http.Request, fromBody);
        var policy = new TimestampPolicy(time.GetUtcNow(), options.Value.MaxFutureSkew);
        for (var row = 0; row < labels.Count; row++)
        {
            // Unlike rows, labels may be late without limit; ahead of time they cannot be.
            if (labels[row].Time is { } at && at > time.GetUtcNow() && !policy.Allows(at.UtcTicks))
                throw ApiException.ForField(ErrorKind.InvalidTimestamp, "ts", policy.Explain(at.UtcTicks), row);
        }

        var result = await engine.Model(id).LabelAsync(new LabelBatch { BatchId = batchId, Labels = labels }, cancellationToken);
        return new LabelReceipt
        {
            Model = id.ToString(),
            BatchId = batchId,
            Received = labels.Count,
            Duplicate = result.Duplicate,
            Matched = result.Matched,
            Waiting = result.Waiting,
            Repeated = result.Repeated,
            Conflicting = result.Conflicting,
        };
    }
}
