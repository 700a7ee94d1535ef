using Drift.Actors.Ports;
using Drift.Actors.Triggers;

namespace Drift.Actors.Tests.Contract;

/// <summary>Everything is sent to one trainer, who signs nothing.</summary>
public sealed class OneTrainer : ITriggerRouter
{
    public IReadOnlyList<string> Destinations => ["farm"];

    public IReadOnlyList<OutboxEntry> Route(Trigger trigger, TriggerChange change) =>
    [
        new()
        {
            Id = $"{trigger.Id}.{change}",
            Tenant = trigger.Tenant,
            Kind = "trigger",
            Destination = "farm",
            Subject = trigger.Id,
            Payload = default,
            CreatedAt = trigger.UpdatedAt,
            QueuedAt = trigger.UpdatedAt,
            NextAttemptAt = trigger.UpdatedAt,
        },
    ];

    public string? Refusal(Trigger trigger, CallbackSignature signature, ReadOnlySpan<byte> body) => "This trainer signs nothing.";
}
