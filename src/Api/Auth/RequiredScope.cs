namespace Drift.Api.Auth;

/// <summary>Says on an endpoint which scope its callers need.</summary>
/// <param name="Scope">The scope.</param>
public sealed record RequiredScope(ApiScopes Scope);
