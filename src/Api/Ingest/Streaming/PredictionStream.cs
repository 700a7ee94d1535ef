using System.Globalization;
using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Json;
using Drift.Api.Limits;
using Drift.Api.Options;
using Drift.Api.Rows;
using Drift.Api.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Drift.Api.Ingest.Streaming;

/// <summary>
/// Takes NDJSON or CSV of any length in constant memory: cuts it into chunks of rows, makes each durable as a batch of its own, and
/// answers with a line per chunk. While one chunk is made durable the next is read, and no more; so a client is slowed down to what the
/// node takes. Whatever goes wrong, the chunks that were acknowledged stay. Thread-safe.
/// </summary>
internal sealed class PredictionStream(
    PredictionIngest ingest, IDriftEngine engine, IOptions<IngestOptions> options, DriftExceptionHandler faults, IHostApplicationLifetime lifetime)
{
    private readonly PredictionIngest _ingest = ingest;
    private readonly IDriftEngine _engine = engine;
    private readonly IngestOptions _options = options.Value;
    private readonly DriftExceptionHandler _faults = faults;
    private readonly IHostApplicationLifetime _lifetime = lifetime;

    /// <summary>Takes the body of a request and answers it.</summary>
    /// <param name="id">The model.</param>
    /// <param name="http">The request.</param>
    /// <param name="verdict">Whether the last line has the verdict.</param>
    /// <exception cref="ApiException">It is refused and nothing has changed. Once a chunk is durable, a failure is told in the last line instead.</exception>
    public async Task RunAsync(ModelId id, HttpContext http, bool verdict)
    {
        var format = RowBody.FormatOf(http.Request);
        if (format is not (RowFormat.Ndjson or RowFormat.Csv))
        {
            throw new ApiException(
                ErrorKind.UnsupportedMediaType,
                $"The content type is '{http.Request.ContentType}', which is one document; a stream is application/x-ndjson or text/csv. Without ?stream=true and with 'Accept: application/json' it is taken as a whole.");
        }

        var run = new Run(id, http, format, this) { BatchId = BatchId.Of(http.Request), Mapping = RowBody.MappingOf(format, http.Request.Query) };
        // Its memory does not grow with its length, so the server's limit of one body does not hold for it.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        await run.RunAsync(verdict);
    }

    private sealed class Run(ModelId id, HttpContext http, RowFormat format, PredictionStream stream)
    {
        private readonly RunningReceipt _answer = new(http);
        private readonly Admission? _admission = http.FindAdmission();
        private StreamReceipt _total = new() { Done = false, Model = id.ToString() };
        private long _sentBytes;

        public string? BatchId { get; init; }

        public CsvMapping? Mapping { get; init; }

        private int Chunks => _total.Chunks;

        public async Task RunAsync(bool verdict)
        {
            _total = _total with { BatchId = BatchId };
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            try
            {
                await TakeAsync(ending);
                _total = _total with { Done = true, Duplicate = _total.DuplicateChunks == Chunks };
                if (verdict)
                    _total = _total with { Verdict = await stream._engine.Model(id).GetVerdictAsync(cancellationToken: http.RequestAborted) };
            }
            catch (Exception e) when (_answer.HasStarted && !http.RequestAborted.IsCancellationRequested)
            {
                var report = stream._faults.Report(e, http.Request);
                _total = _total with
                {
                    Done = false,
                    NextRow = _total.Rows,
                    Problem = Problems.Of(http, report),
                    RetryAfter = report.Kind.Status is 429 or 503 or 504 or 409 ? Problems.RetryAfterOf(report) : null,
                    Resume = HowToGoOn(report.Kind),
                };
            }

            await _answer.AddAsync(_total, DriftJson.Output.StreamReceipt, http.RequestAborted);
            await _answer.CompleteAsync(http.RequestAborted);
        }

        private async Task TakeAsync(CancellationTokenSource ending)
        {
            await using var source = BodySource.Of(http.Request);
            var options = stream._options;
            var limits = new ChunkLimits(Math.Min(options.StreamChunkRows, options.MaxRows), options.StreamChunkBytes, options.StreamRowBytes);
            using var chunker = new RowChunker(source, format, limits);
            var chunk = await chunker.NextAsync(ending.Token);
            while (chunk is not null)
            {
                // Begun before the chunk is worked on, so that the body keeps coming meanwhile.
                var reading = chunker.NextAsync(ending.Token).AsTask();
                RowChunk? next;
                try
                {
                    using (chunk)
                        await TakeAsync(chunk, source, ending.Token);
                    next = await reading;
                }
                catch
                {
                    // Nothing may still write into the buffers when they are given back.
                    await ending.CancelAsync();
                    await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    if (reading.IsCompletedSuccessfully)
                        (await reading)?.Dispose();
                    throw;
                }

                chunk = next;
            }
        }

        private async Task TakeAsync(RowChunk chunk, BodySource source, CancellationToken cancellationToken)
        {
            if (stream._lifetime.ApplicationStopping.IsCancellationRequested)
                throw new ApiException(ErrorKind.Unavailable, "The host is stopping and takes no more of this stream.");
            if (_admission is not null)
            {
                var sent = source.SentBytes;
                _admission.Bytes(sent - _sentBytes);
                _sentBytes = sent;
                await _admission.PaceAsync(cancellationToken);
            }

            var receipt = await stream._ingest.IngestAsync(
                id, new ReceivedRows(format, chunk.Body) { Mapping = Mapping, BatchId = IdOf(chunk), Origin = chunk.Origin }, cancellationToken);
            _admission?.Rows(receipt.Accepted + receipt.Rejected);
            _total = _total with
            {
                Chunks = Chunks + 1,
                DuplicateChunks = _total.DuplicateChunks + (receipt.Duplicate ? 1 : 0),
                Rows = chunk.NextRow,
                Accepted = _total.Accepted + receipt.Accepted,
                Rejected = _total.Rejected + receipt.Rejected,
                Plan = receipt.Plan,
                Status = receipt.Status,
            };
            var line = new ChunkReceipt
            {
                Chunk = Chunks,
                BatchId = receipt.BatchId,
                FirstRow = chunk.Origin.FirstRow,
                Rows = chunk.Rows,
                Accepted = receipt.Accepted,
                Rejected = receipt.Rejected,
                Duplicate = receipt.Duplicate,
                Plan = receipt.Plan,
                Status = receipt.Status,
                Errors = receipt.Errors,
            };
            // Not by the token that ends the taking: a line that is on its way would be cut off with the connection, and the last one would never come.
            await _answer.AddAsync(line, DriftJson.Output.ChunkReceipt, http.RequestAborted);
        }

        // The rows are part of the id: should the limits of chunks change between two tries, another cut is never taken for a duplicate.
        private string? IdOf(RowChunk chunk) =>
            BatchId is null ? null : string.Create(CultureInfo.InvariantCulture, $"{BatchId}#{chunk.Origin.FirstRow}-{chunk.NextRow - 1}");

        private string HowToGoOn(ErrorKind kind)
        {
            var remedy = kind.Status switch
            {
                409 or 429 or 503 or 504 => "Wait as long as retry_after says",
                >= 500 => "Try again later",
                _ => "Correct what the problem names",
            };
            return BatchId is not null
                ? $"{remedy}, then send the whole body again with the same {Ingest.BatchId.Header}: what is counted already is recognised. The rows before next_row must stay as they are."
                : $"{remedy}, then send the rows from next_row on (a CSV with its header), and not those before it: they count. With an {Ingest.BatchId.Header} the whole body could be sent again.";
        }
    }
}
