using Drift.Core.Codec;

namespace Drift.Actors.Model;

/// <summary>What a journal entry of a model holds.</summary>
internal sealed record JournalPayload
{
    /// <summary>A batch as deltas.</summary>
    public const byte Binned = 1;

    /// <summary>A batch as raw rows, kept while the model has no plan.</summary>
    public const byte Raw_ = 2;

    /// <summary>Labels that met their predictions.</summary>
    public const byte Labels = 3;

    /// <summary>A batch as raw rows.</summary>
    public const byte Raw = Raw_;
}
