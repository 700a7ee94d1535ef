using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Windows;

namespace Drift.Actors.Model;

/// <summary>
/// A journal entry, decoded completely: what is applied to the state. Made before a new entry is appended, so that one which cannot
/// be read is never written, and when an old one is replayed.
/// </summary>
internal sealed record DecodedEntry
{
    /// <summary>The entry's kind, one of <see cref="JournalPayload"/>'s.</summary>
    public required byte Kind { get; init; }

    /// <summary>Rows that the entry counts.</summary>
    public int Rows { get; init; }

    /// <summary>Counts to merge into panes.</summary>
    public IReadOnlyList<(string Segment, PaneKey Pane, Profile Profile)> Parts { get; init; } = [];

    /// <summary>Counts to merge into the reference.</summary>
    public IReadOnlyList<(string Segment, PaneKey Pane, Profile Profile)> ReferenceParts { get; init; } = [];

    /// <summary>An encoded row batch to keep while the model has no plan.</summary>
    public byte[]? RawRows { get; init; }

    /// <exception cref="CodecException">The payload is damaged, or was made under another plan.</exception>
    public static DecodedEntry Of(byte kind, JournalPayload payload, Plan? plan)
    {
        if (payload.Deltas.Count > 0 && plan is null)
            throw new CodecException("journal: a delta stands where the model has no plan.");
        return new DecodedEntry
        {
            Kind = kind,
            Rows = payload.Rows,
            Parts = payload.Deltas is [var only] ? Delta.Decode(only, plan!) : [.. payload.Deltas.SelectMany(d => Delta.Decode(d, plan!))],
            ReferenceParts = payload.ReferenceDelta is { } reference && plan is not null ? Delta.Decode(reference, plan) : [],
            RawRows = payload.RawRows,
        };
    }
}
