using Drift.Actors.Ports;
using Drift.Actors.Triggers;

namespace Drift.Api.Tests.Support;

/// <summary>One trainer, <c>farm</c>, whose signature is the word <c>right</c>; whether real ones hold is tested where they are computed.</summary>
internal sealed class OneTrainer : ITriggerRouter
{
    public IReadOnlyList<string> Destinations => ["farm"];

    public IReadOnlyList<OutboxEntry> Route(Trigger trigger, TriggerChange change) => [];

    public string? Refusal(Trigger trigger, CallbackSignature signature, ReadOnlySpan<byte> body) =>
        trigger.Destinations.Contains("farm") && signature is { Id: "m1", Timestamp: "1763640000", Signature: "right" } && body.Length > 0 ? null : "webhook-signature is not right.";
}
