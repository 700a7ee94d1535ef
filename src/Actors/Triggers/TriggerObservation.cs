using Drift.Core.Detection;
using Drift.Core.Settings;

namespace Drift.Actors.Triggers;

/// <summary>An evaluation of a model, for its trigger's policy.</summary>
/// <param name="Policy">The policy as the model has it now.</param>
/// <param name="Verdict">The verdict of the first window, with its worst columns only.</param>
/// <param name="Drift">How bad features and predictions drifted, without the accuracy.</param>
public sealed record TriggerObservation(TriggerSettings Policy, Verdict Verdict, Severity Drift);
