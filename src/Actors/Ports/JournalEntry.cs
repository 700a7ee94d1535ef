namespace Drift.Actors.Ports;

/// <summary>An entry to append.</summary>
public sealed record JournalEntry
{
    /// <summary>The model whose entry it is; the actor key is <see cref="ActorKey.Model"/> of it.</summary>
    public required ModelId Model { get; init; }

    /// <summary>Its sequence, one above the actor's last.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the payload is; defined by the actor.</summary>
    public required byte Kind { get; init; }

    /// <summary>The ids of the batches in it that have one, each once.</summary>
    public IReadOnlyList<string> BatchIds { get; init; } = [];

    /// <summary>When it was appended, by the actor's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The payload; carries its own checksum.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Predictions to log. An id that is logged already stays as it was.</summary>
    public IReadOnlyList<PredictionRecord> Predictions { get; init; } = [];

    /// <summary>Labels to keep. An id that has one already stays as it was.</summary>
    public IReadOnlyList<LabelRecord> Labels { get; init; } = [];
}
