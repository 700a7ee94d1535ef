using Drift.Api.Rows;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Drift.Api.Ingest.Streaming;

/// <summary>Whether a request asks for a running receipt: by <c>?stream=true</c>, or by an <c>Accept</c> of NDJSON and not of JSON.</summary>
internal static class StreamRequest
{
    /// <summary>The media type of running receipts.</summary>
    public const string ContentType = "application/x-ndjson";

    /// <summary>Whether it does. <c>?stream=</c> outweighs the header.</summary>
    public static bool IsOne(HttpRequest request)
    {
        if (bool.TryParse(request.Query["stream"], out var asked))
            return asked;
        if (request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return false;
        var lines = false;
        foreach (var type in accepted)
        {
            if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
                return false;
            lines |= RowFormats.TryFromContentType(type.MediaType.Value, out var format) && format == RowFormat.Ndjson;
        }

        return lines;
    }
}
