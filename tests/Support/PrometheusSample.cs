namespace Drift.Support;

/// <summary>One series of a query's answer.</summary>
/// <param name="Labels">Its labels, with <c>__name__</c> where the query keeps it.</param>
/// <param name="Value">Its value; NaN and the infinities as such.</param>
public sealed record PrometheusSample(IReadOnlyDictionary<string, string> Labels, double Value);
