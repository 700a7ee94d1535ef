using Drift.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Ingest;

/// <summary>The id that makes a batch count once, from its header or its body.</summary>
internal static class BatchId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The one id that header and body give, or null when neither does.</summary>
    /// <exception cref="ApiException">They differ, or one of them cannot be an id.</exception>
    public static string? Of(HttpRequest request, string? fromBody) => Agree(Of(request), fromBody);

    /// <summary>The id that the header gives, or null.</summary>
    /// <exception cref="ApiException">It cannot be an id.</exception>
    public static string? Of(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        if (values.Count != 1)
            throw ApiException.ForField(ErrorKind.InvalidRequest, Header, "is given more than once");
        Check(Header, values[0]);
        return values[0];
    }

    /// <summary>The one id of header and body, or null when neither gives one.</summary>
    /// <exception cref="ApiException">They differ, or the body's cannot be an id.</exception>
    public static string? Agree(string? fromHeader, string? fromBody)
    {
        Check("batch_id", fromBody);
        if (fromHeader is not null && fromBody is not null && fromHeader != fromBody)
        {
            throw ApiException.ForField(
                ErrorKind.InvalidRequest, "batch_id", $"is '{fromBody}' and the header {Header} is '{fromHeader}'; they must be the same, or only one be given");
        }

        return fromHeader ?? fromBody;
    }

    private static void Check(string field, string? id)
    {
        if (id is null)
            return;
        if (string.IsNullOrWhiteSpace(id))
            throw ApiException.ForField(ErrorKind.InvalidRequest, field, "is empty; leave it out or give an id");
        if (id.Length > MaxLength)
            throw ApiException.ForField(ErrorKind.InvalidRequest, field, $"has {id.Length} characters, it must have at most {MaxLength}");
    }
}
