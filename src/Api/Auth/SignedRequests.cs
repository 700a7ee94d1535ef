namespace Drift.Api.Auth;

/// <summary>Says of a route that its callers sign their requests and need no API key: they cannot send one.</summary>
internal sealed class SignedRequests;
