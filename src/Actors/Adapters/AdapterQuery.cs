using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>Which LoRA versions.</summary>
/// <param name="BaseModel">Of this base model; null for all.</param>
/// <param name="State">In this state; null for all.</param>
/// <param name="Limit">The most; the latest registered come first.</param>
public sealed record AdapterQuery(string? BaseModel, AdapterState? State, int Limit);
