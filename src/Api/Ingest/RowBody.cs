using System.Diagnostics.CodeAnalysis;
using Drift.Api.Errors;
using Drift.Api.Rows;
using Drift.Core.Rows;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Drift.Api.Ingest;

/// <summary>Reads the rows of a request and turns what readers find wrong into problems.</summary>
internal static class RowBody
{
    private static readonly string[] MappingParameters = ["csv_id", "csv_ts", "csv_prediction", "csv_score", "csv_label", "csv_ignore"];

    /// <summary>The format of the request's body.</summary>
    /// <exception cref="ApiException">It is none that is understood.</exception>
    public static RowFormat FormatOf(HttpRequest request)
    {
        if (RowFormats.TryFromContentType(request.ContentType, out var format))
            return format;
        var found = string.IsNullOrEmpty(request.ContentType) ? "The request has no content type" : $"The content type is '{request.ContentType}'";
        throw new ApiException(ErrorKind.UnsupportedMediaType, $"{found}, it must be one of {RowFormats.Accepted}.");
    }

    /// <summary>Reads rows and gives the batch id of the body, if it has one.</summary>
    /// <exception cref="ApiException">The body cannot be read.</exception>
    public static string? Read(HttpRequest request, RowFormat format, PooledBody body, RowBatch into, RowReaderLimits limits, string purpose) =>
        Read(format, body, MappingOf(format, request.Query), RowOrigin.Body, into, limits, purpose);

    /// <summary>Reads rows that may be a part of a longer body, whose places messages name; gives the batch id of the body, if it has one.</summary>
    /// <exception cref="ApiException">The rows cannot be read.</exception>
    public static string? Read(
        RowFormat format, PooledBody body, CsvMapping? mapping, RowOrigin origin, RowBatch into, RowReaderLimits limits, string purpose)
    {
        var result = RowReaders.Read(format, body.Bytes, into, limits, purpose, mapping);
        if (!result.Succeeded)
            Throw(origin.Place(result.Faults[0]));
        return result.BatchId;
    }

    /// <summary>Refuses a body for a fault.</summary>
    [DoesNotReturn]
    public static void Throw(RowFault fault) =>
        throw new ApiException(fault.Kind == RowFaultKind.TooLarge ? ErrorKind.TooLarge : ErrorKind.MalformedBody, fault.Message)
        {
            Fields = fault.Path.Length == 0 ? null : new Dictionary<string, string[]> { [fault.Path] = [fault.Message] },
            Row = fault.Row,
        };

    /// <summary>Which CSV column is what, from <c>?csv_id=…&amp;csv_ignore=a,b</c>.</summary>
    /// <exception cref="ApiException">A parameter is given more than once.</exception>
    public static CsvMapping? MappingOf(RowFormat format, IQueryCollection query)
    {
        if (format != RowFormat.Csv || !MappingParameters.Any(query.ContainsKey))
            return null;
        return new CsvMapping
        {
            Id = One(query, "csv_id"),
            Ts = One(query, "csv_ts"),
            Prediction = One(query, "csv_prediction"),
            Score = One(query, "csv_score"),
            Label = One(query, "csv_label"),
            Ignore = query["csv_ignore"].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static string? One(IQueryCollection query, string name)
    {
        var values = query[name];
        if (values.Count > 1)
            throw ApiException.ForField(ErrorKind.InvalidRequest, name, "is given more than once");
        return StringValues.IsNullOrEmpty(values) ? null : values[0];
    }
}
