using Microsoft.Net.Http.Headers;

namespace Drift.Api.Rows;

/// <summary>The formats by media type.</summary>
internal static class RowFormats
{
    /// <summary>What an answer 415 names as acceptable.</summary>
    public const string Accepted = "application/json, application/x-ndjson, text/csv (UTF-8)";

    /// <summary>
    /// The format of a <c>Content-Type</c>. False for an absent or unknown type, for a charset other than UTF-8, and for CSV that
    /// says it has no header.
    /// </summary>
    public static bool TryFromContentType(string? contentType, out RowFormat format)
    {
        format = default;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            return false;
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        if (charset.Length > 0 && !Is(charset, "utf-8") && !Is(charset, "utf8"))
            return false;

        var media = type.MediaType;
        if (Is(media, "application/json"))
            format = RowFormat.Json;
        else if (Is(media, "application/x-ndjson") || Is(media, "application/jsonlines") || Is(media, "application/x-jsonlines"))
            format = RowFormat.Ndjson;
        else if (Is(media, "text/csv") && !SaysNoHeader(type))
            format = RowFormat.Csv;
        else
            return false;
        return true;
    }

    private static bool SaysNoHeader(MediaTypeHeaderValue type)
    {
        foreach (var parameter in type.Parameters)
        {
            if (Is(parameter.Name, "header"))
                return Is(HeaderUtilities.RemoveQuotes(parameter.Value), "absent");
        }

        return false;
    }

    private static bool Is(Microsoft.Extensions.Primitives.StringSegment found, string expected) =>
        found.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
