namespace Drift.Api.Errors;

/// <summary>A kind of problem that callers can tell apart by its <c>type</c>; each is explained in <c>docs/errors.md</c>.</summary>
/// <param name="Slug">The last part of the type URI; never changes.</param>
/// <param name="Status">The HTTP status it comes with.</param>
/// <param name="Title">What it is in a few words, the same each time.</param>
internal sealed record ErrorKind(string Slug, int Status, string Title)
{
    public static readonly ErrorKind InvalidRequest = new("invalid-request", 400, "The request says something that cannot be.");
    public static readonly ErrorKind MalformedBody = new("malformed-body", 400, "The body cannot be read.");
    public static readonly ErrorKind InvalidSettings = new("invalid-settings", 400, "The settings cannot be used.");
    public static readonly ErrorKind InvalidTimestamp = new("invalid-timestamp", 400, "The time of a row cannot be used.");
    public static readonly ErrorKind Unauthorized = new("unauthorized", 401, "An API key is needed.");
    public static readonly ErrorKind InvalidSignature = new("invalid-signature", 401, "The signature does not hold.");
    public static readonly ErrorKind Forbidden = new("forbidden", 403, "The API key does not allow this.");
    public static readonly ErrorKind NotLocal = new("not-local", 403, "Without API keys only this machine is served.");
    public static readonly ErrorKind NotFound = new("not-found", 404, "It does not exist.");
    public static readonly ErrorKind UnknownRoute = new("unknown-route", 404, "There is no such route.");
    public static readonly ErrorKind MethodNotAllowed = new("method-not-allowed", 405, "The route does not take this method.");
    public static readonly ErrorKind Conflict = new("conflict", 409, "It does not fit the present state.");
    public static readonly ErrorKind PlanChanged = new("plan-changed", 409, "The model's plan changed while the batch was binned.");
    public static readonly ErrorKind TooLarge = new("too-large", 413, "The body is too large.");
    public static readonly ErrorKind UnsupportedMediaType = new("unsupported-media-type", 415, "The content type is not understood.");
    public static readonly ErrorKind UnsupportedEncoding = new("unsupported-encoding", 415, "The content encoding is not understood.");
    public static readonly ErrorKind SchemaViolation = new("schema-violation", 422, "A row breaks the declared schema.");
    public static readonly ErrorKind TooManyRequests = new("too-many-requests", 429, "Too many requests.");
    public static readonly ErrorKind QuotaExceeded = new("quota-exceeded", 429, "The tenant has all that it may have.");
    public static readonly ErrorKind Internal = new("internal", 500, "Something went wrong here.");
    public static readonly ErrorKind Unavailable = new("unavailable", 503, "It cannot be done now.");
    public static readonly ErrorKind Timeout = new("timeout", 504, "It was not answered in time; whether it was done is unknown.");

    public static readonly IReadOnlyList<ErrorKind> All =
    [
        InvalidRequest, MalformedBody, InvalidSettings, InvalidTimestamp, Unauthorized, InvalidSignature, Forbidden, NotLocal, NotFound, UnknownRoute,
        MethodNotAllowed, Conflict, PlanChanged, TooLarge, UnsupportedMediaType, UnsupportedEncoding, SchemaViolation, TooManyRequests,
        QuotaExceeded, Internal, Unavailable, Timeout,
    ];

    /// <summary>The stable URI.</summary>
    public string Type => $"urn:drift:error:{Slug}";

    /// <summary>The kind that stands for a bare status, as the framework sets it for requests that reach no handler.</summary>
    public static ErrorKind ForStatus(int status) => status switch
    {
        401 => Unauthorized,
        403 => Forbidden,
        404 => UnknownRoute,
        405 => MethodNotAllowed,
        409 => Conflict,
        413 => TooLarge,
        415 => UnsupportedMediaType,
        422 => SchemaViolation,
        429 => TooManyRequests,
        503 => Unavailable,
        504 => Timeout,
        >= 500 => Internal,
        _ => InvalidRequest,
    };
}
