using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>What a node needs to read and bin a model's rows.</summary>
/// <param name="Version">The plan's version; 0 while the model learns.</param>
/// <param name="Plan">The encoded plan; null while the model learns, then rows are sent raw.</param>
/// <param name="Validation">What a cell that breaks the schema does.</param>
/// <param name="Exists">False for a model that nobody has configured or sent rows to.</param>
public sealed record PlanLease(int Version, byte[]? Plan, ValidationMode Validation, bool Exists);
