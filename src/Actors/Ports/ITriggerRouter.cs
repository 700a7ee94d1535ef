using Drift.Actors.Triggers;

namespace Drift.Actors.Ports;

/// <summary>Knows who trains: destinations of triggers, and whether what is said in their name is theirs. Thread-safe; only computes.</summary>
public interface ITriggerRouter
{
    /// <summary>The names of the destinations that are configured.</summary>
    IReadOnlyList<string> Destinations { get; }

    /// <summary>What to send for a change of a trigger: an entry per destination, with an id that is the same each time it is asked for the same change.</summary>
    IReadOnlyList<OutboxEntry> Route(Trigger trigger, TriggerChange change);

    /// <summary>Why a call-back is not one of the trigger's destinations', as a sentence; null when it is.</summary>
    string? Refusal(Trigger trigger, CallbackSignature signature, ReadOnlySpan<byte> body);
}
