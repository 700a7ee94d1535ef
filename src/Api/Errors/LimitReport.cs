namespace Drift.Api.Errors;

/// <summary>A limit that a request met.</summary>
/// <param name="Name">Which one, as the option is called, in snake_case: <c>rows_per_second</c>.</param>
/// <param name="Value">What it allows.</param>
/// <param name="Used">What is used of it, this request included where it alone is too much.</param>
internal sealed record LimitReport(string Name, double Value, double Used);
