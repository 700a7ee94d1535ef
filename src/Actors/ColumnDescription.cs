using Drift.Core.Plans;

namespace Drift.Actors;

/// <summary>A column of a plan.</summary>
/// <param name="Name">Its name in verdicts.</param>
/// <param name="Role">What it is to the model.</param>
/// <param name="Type">Its type.</param>
public sealed record ColumnDescription(string Name, ColumnRole Role, ColumnType Type);
