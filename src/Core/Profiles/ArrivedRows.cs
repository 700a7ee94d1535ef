using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>Rows to bin.</summary>
/// <param name="Rows">The rows; only read.</param>
/// <param name="At">Time of arrival: the event time of rows without one, and what ages are measured from.</param>
public readonly record struct ArrivedRows(RowBatch Rows, DateTimeOffset At);
