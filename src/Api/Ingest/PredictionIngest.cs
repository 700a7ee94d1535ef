using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Limits;
using Drift.Api.Observability;
using Drift.Api.Options;
using Drift.Api.Rows;
using Drift.Api.Wire;
using Drift.Core.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Drift.Api.Ingest;

/// <summary>
/// The way of a batch on the node that received it: body, rows, times, schema, binning, and on to the model, which answers when it is
/// durable. Thread-safe.
/// </summary>
internal sealed class PredictionIngest(
    BatchSender sender,
    PlanCache plans,
    IngestScratchPool pool,
    FairSlots slots,
    Arrivals arrivals,
    LongWork longWork,
    TenantGuard guard,
    IOptions<IngestOptions> options,
    TimeProvider time,
    ApiInstruments instruments,
    ServingInstruments serving)
{
    // Read in less time than a wait for a slot takes; a batch that is long to read does not get in its way.
    private const int SmallBody = 16 * 1024;

    /// <summary>Row errors that a receipt lists at most; the rest is only counted.</summary>
    private const int MaxErrors = 100;

    private readonly RowReaderLimits _limits = options.Value.ToLimits();

    /// <summary>Takes the batch that a request carries.</summary>
    /// <exception cref="ApiException">It is refused; nothing has changed.</exception>
    public Task<IngestReceipt> IngestAsync(ModelId id, HttpContext http, CancellationToken cancellationToken) =>
        CountAsync(id, TakeAsync(id, http, cancellationToken));

    /// <summary>Takes rows that were received already as one batch.</summary>
    /// <exception cref="ApiException">They are refused; nothing has changed. Rows are counted from the rows' <see cref="ReceivedRows.Origin"/>.</exception>
    public Task<IngestReceipt> IngestAsync(ModelId id, ReceivedRows rows, CancellationToken cancellationToken) =>
        CountAsync(id, TakeAsync(id, rows, cancellationToken));

    private async Task<IngestReceipt> CountAsync(ModelId id, Task<IngestReceipt> taking)
    {
        try
        {
            var receipt = await taking;
            instruments.Batch(id, receipt.Duplicate ? BatchOutcome.Duplicate : BatchOutcome.Accepted, receipt.Accepted);
            return receipt;
        }
        catch (Exception e) when (e is ApiException or BadHttpRequestException or DriftException { Error: not DriftError.Unavailable })
        {
            instruments.Batch(id, BatchOutcome.Refused);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            instruments.Batch(id, BatchOutcome.Failed);
            throw;
        }
    }

    private async Task<IngestReceipt> TakeAsync(ModelId id, HttpContext http, CancellationToken cancellationToken)
    {
        var format = RowBody.FormatOf(http.Request);
        using var body = await BodyReader.ReadAsync(http, options.Value.MaxBodyBytes, cancellationToken);
        var rows = new ReceivedRows(format, body) { Mapping = RowBody.MappingOf(format, http.Request.Query), BatchId = BatchId.Of(http.Request) };
        return await TakeAsync(id, rows, cancellationToken);
    }

    // One method: each more that waits for the next is an object and a resumption per request.
    private async Task<IngestReceipt> TakeAsync(ModelId id, ReceivedRows received, CancellationToken cancellationToken)
    {
        arrivals.Add(id);
        IngestScratch? scratch = pool.Rent();
        var firstRow = received.Origin.FirstRow;
        var bodyBytes = received.Body.Length;
        try
        {
            string? batchId;
            if (bodyBytes <= SmallBody)
            {
                batchId = Read(received, scratch);
            }
            else
            {
                // Reading is what costs. A model with many requests does it in turns with the others, not before them. It is not left before its
                // end, whoever goes away: until then the body is in use.
                using (await slots.EnterAsync(id, cancellationToken))
                    batchId = arrivals.AreCrowdedBy(id) ? await longWork.RunAsync(() => Read(received, scratch)) : Read(received, scratch);
            }

            // While the rows wait for others, nothing needs the text that they were read from.
            received.Body.Dispose();
            try
            {
                var now = time.GetUtcNow();
                var plan = await plans.GetAsync(id, cancellationToken);
                guard.RequireColumns(id, scratch.Rows.Features.Count);
                var errors = Check(scratch, plan, now, out var rejected);
                var batch = new WaitingBatch(scratch, batchId, plan, now, cancellationToken);
                var answering = sender.SendAsync(id, batch);
                if (batch.IsGathered)
                {
                    pool.Return(scratch, bodyBytes);
                    scratch = null;
                }

                // Not left before the answer, whoever goes away: until then the rows are in use.
                var answer = await answering;
                if (!answer.Duplicate && !batch.IsGathered)
                {
                    instruments.Predicted(id, batch.Arrived);
                    serving.Served(id, batch.Arrived);
                }

                return Receipt(id, batchId, answer, batch.Count, rejected, errors, firstRow);
            }
            catch (ApiException refused) when (refused.Row is not null && firstRow > 0)
            {
                throw refused.Behind(firstRow);
            }
        }
        finally
        {
            if (scratch is not null)
                pool.Return(scratch, bodyBytes);
        }
    }

    /// <summary>Reads the rows and gives the batch's id.</summary>
    private string? Read(ReceivedRows received, IngestScratch scratch) => BatchId.Agree(
        received.BatchId, RowBody.Read(received.Format, received.Body, received.Mapping, received.Origin, scratch.Rows, _limits, "predictions"));

    private static IngestReceipt Receipt(ModelId id, string? batchId, BatchAnswer answer, int rows, int rejected, List<RowError> errors, long firstRow)
    {
        var (duplicate, result) = answer;
        var learning = result.Plan == 0;
        return new IngestReceipt
        {
            Model = id.ToString(),
            BatchId = batchId,
            Accepted = duplicate ? 0 : rows,
            Rejected = rejected,
            Duplicate = duplicate,
            Plan = result.Plan,
            Status = learning ? ModelState.Learning : ModelState.Monitoring,
            Learned = learning ? result.Learned : null,
            LearnsUntil = learning ? result.LearnsUntil : null,
            Errors = errors.Count == 0 ? null : errors.ConvertAll(e => e with { Row = e.Row + firstRow }),
        };
    }

    /// <summary>Refuses or leaves out rows by their time, and under strict validation by the schema; gives what was left out.</summary>
    private List<RowError> Check(IngestScratch scratch, CachedPlan plan, DateTimeOffset now, out int rejected)
    {
        var rows = scratch.Rows;
        if (rows.Count == 0)
            throw new ApiException(ErrorKind.InvalidRequest, "The batch has no rows.");
        var policy = new TimestampPolicy(now, options.Value.MaxFutureSkew);
        var strict = plan.Validation == ValidationMode.Strict;
        List<int>? refused = null;
        for (var row = 0; row < rows.Count; row++)
        {
            if (policy.Allows(rows.Time(row)))
                continue;
            if (strict)
                throw ApiException.ForField(ErrorKind.InvalidTimestamp, "ts", policy.Explain(rows.Time(row)), row);
            (refused ??= []).Add(row);
        }

        rejected = refused?.Count ?? 0;
        if (strict)
            SchemaCheck.Require(rows, plan);
        if (refused is null)
            return [];
        if (refused.Count == rows.Count)
        {
            throw ApiException.ForField(
                ErrorKind.InvalidTimestamp, "ts", $"{policy.Explain(rows.Time(0))}; every row of the batch is out of range", row: 0);
        }

        var errors = refused.Take(MaxErrors).Select(row => new RowError(row, "ts", policy.Explain(rows.Time(row)))).ToList();
        RowFilter.CopyWithout(rows, refused, scratch.Kept);
        scratch.Swap();
        return errors;
    }
}
