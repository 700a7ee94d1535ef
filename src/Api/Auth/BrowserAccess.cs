namespace Drift.Api.Auth;

/// <summary>
/// Says on an endpoint that a browser may read it: the API key may also come as the password of HTTP Basic, which a browser asks for. Only for
/// GET and HEAD, because a browser sends what it remembers with requests that other sites make it send, too.
/// </summary>
internal sealed record BrowserAccess;
