namespace Drift.Actors.Triggers;

/// <summary>A destination took a trigger.</summary>
/// <param name="Id">The trigger.</param>
/// <param name="Attempts">Attempts that it took.</param>
/// <param name="JobId">The job that the destination answered with; null when it named none.</param>
public sealed record TriggerDelivery(string Id, int Attempts, string? JobId);
