using Drift.Core.Settings;

namespace Drift.Actors.Triggers;

/// <summary>Somebody wants a model fine-tuned.</summary>
/// <param name="RequestId">Tells requests apart: one that is sent again makes no second trigger.</param>
/// <param name="Policy">The policy as the model has it now; of it the destinations and the expiry count.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record TriggerRequest(string RequestId, TriggerSettings Policy, string By, string Reason);
