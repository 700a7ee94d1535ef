using Drift.Core.Detection;

namespace Drift.Actors.Alerts;

/// <summary>Somebody looks after an alert.</summary>
/// <param name="By">Who.</param>
/// <param name="At">Since when.</param>
/// <param name="Severity">How bad it was then.</param>
/// <param name="Note">What they say about it.</param>
public sealed record Acknowledgement(string By, DateTimeOffset At, Severity Severity, string? Note);
