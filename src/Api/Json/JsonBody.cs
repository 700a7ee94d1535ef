using System.Text.Json;
using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Core.Detection;
using Drift.Core.Gpus;
using Drift.Core.Plans;
using Drift.Core.Settings;
using Drift.Core.Statistics;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Json;

/// <summary>Reads small JSON bodies (settings and the like) and says by field what is wrong with them.</summary>
internal static class JsonBody
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly Type[] Enums =
    [
        typeof(ModelTask), typeof(ReferenceMode), typeof(MissingMode), typeof(BinMode), typeof(ValidationMode), typeof(SmoothingKind), typeof(ColumnType),
        typeof(Severity), typeof(GpuDriverState), typeof(GpuState), typeof(GpuProcessKind),
    ];

    /// <summary>Reads the body as <typeparamref name="T"/>.</summary>
    /// <exception cref="ApiException">It is not JSON, too long, or not a <typeparamref name="T"/>.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, ErrorKind kind, CancellationToken cancellationToken)
        where T : class
    {
        using var body = await ReadBytesAsync(http, cancellationToken);
        return Parse<T>(body.Span, kind);
    }

    /// <summary>Reads the body as it was sent, for what is signed; the result is given back by disposing it.</summary>
    /// <exception cref="ApiException">It does not say that it is JSON, or is too long.</exception>
    public static Task<PooledBody> ReadBytesAsync(HttpContext http, CancellationToken cancellationToken) => http.Request.HasJsonContentType()
        ? BodyReader.ReadAsync(http, MaxBytes, cancellationToken)
        : throw new ApiException(ErrorKind.UnsupportedMediaType, $"The content type is '{http.Request.ContentType}', this route takes application/json.");

    /// <summary>Reads bytes of a body as <typeparamref name="T"/>.</summary>
    /// <exception cref="ApiException">They are not JSON, or not a <typeparamref name="T"/>.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> body, ErrorKind kind)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, DriftJson.Input)
                ?? throw new ApiException(ErrorKind.MalformedBody, "The body is null, it must be an object.");
        }
        catch (JsonException e)
        {
            throw Explain(e, kind);
        }
    }

    private static ApiException Explain(JsonException exception, ErrorKind kind)
    {
        var field = exception.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        var message = exception.Message;
        if (field is not null && Fault(message) is { } fault)
            return ApiException.ForField(kind, field, fault);
        if (exception.Path == "$" && message.Contains("could not be converted", StringComparison.Ordinal))
            return new ApiException(ErrorKind.MalformedBody, "The body must be an object.");
        if (message.Contains("missing required", StringComparison.Ordinal))
        {
            const string before = "including: ";
            return new ApiException(kind, $"The body must also have {Sentence(message)[(message.IndexOf(before, StringComparison.Ordinal) + before.Length)..]}.");
        }

        var line = exception.LineNumber is { } number ? $" at line {number + 1}, byte {exception.BytePositionInLine + 1}" : "";
        return new ApiException(ErrorKind.MalformedBody, $"The body is no valid JSON{line}.");
    }

    /// <summary>What a message of the serializer, which is for programmers, says to a caller about a field; null when it is about JSON itself.</summary>
    private static string? Fault(string message) => message switch
    {
        _ when message.StartsWith("is no", StringComparison.Ordinal) => Sentence(message),
        _ when message.Contains("could not be mapped", StringComparison.Ordinal) => "is no known member",
        _ when message.StartsWith("Duplicate", StringComparison.Ordinal) || message.StartsWith("The JSON property", StringComparison.Ordinal) => "is given twice",
        _ when message.Contains("allow setting null", StringComparison.Ordinal) => "is null; leave it out for its default",
        _ when message.Contains("could not be converted", StringComparison.Ordinal) => $"must be {Wanted(message)}",
        _ => null,
    };

    private static string Sentence(string message) =>
        message.IndexOf(" Path:", StringComparison.Ordinal) is var end and > 0 ? message[..end].TrimEnd('.') : message.TrimEnd('.');

    private static string Wanted(string message)
    {
        foreach (var type in Enums)
        {
            if (message.Contains(type.FullName!, StringComparison.Ordinal))
                return $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}";
        }

        return message switch
        {
            _ when message.Contains("System.Int", StringComparison.Ordinal) && !message.Contains("Collections", StringComparison.Ordinal) => "a whole number",
            _ when message.Contains("Collections.Generic.IReadOnlyList", StringComparison.Ordinal) => "a list",
            _ when message.Contains("Collections.Generic.IReadOnlyDictionary", StringComparison.Ordinal) => "an object",
            _ when message.Contains("System.Double", StringComparison.Ordinal) => "a number",
            _ when message.Contains("System.String", StringComparison.Ordinal) => "a text",
            _ when message.Contains("System.DateTimeOffset", StringComparison.Ordinal) => "a time such as 2026-11-20T12:00:00Z",
            _ => "an object",
        };
    }
}
