using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>What was counted since a canary began to be compared with a champion.</summary>
internal sealed record CanaryTrack
{
    public string Champion { get; set; } = "";

    public DateTimeOffset Since { get; set; }

    public ArmTrack CanaryArm { get; set; } = new();

    public ArmTrack ChampionArm { get; set; } = new();

    /// <summary>From when on models are asked for counts: the begin of a UTC day, at which panes of every granularity begin.</summary>
    public DateTimeOffset CountedFrom => new(Since.UtcDateTime.Date, TimeSpan.Zero);
}

/// <summary>
/// Cumulative counts of one version: those of the model less what it had counted before the comparison began, and those of earlier epochs of
/// the model.
/// </summary>
internal sealed record ArmTrack
{
    public string Epoch { get; set; } = "";

    public long BaseSamples { get; set; }

    public long BaseCorrect { get; set; }

    public long SeenSamples { get; set; }

    public long SeenCorrect { get; set; }

    public long CarriedSamples { get; set; }

    public long CarriedCorrect { get; set; }

    public CanaryArm Counts => new(CarriedSamples + SeenSamples - BaseSamples, CarriedCorrect + SeenCorrect - BaseCorrect);

    /// <summary>Takes what a model says.</summary>
    /// <param name="epoch">The model's epoch.</param>
    /// <param name="outcome">Its counts.</param>
    /// <param name="fromNow">Whether what is counted at the first look belongs to the time before.</param>
    public ArmTrack Observe(string epoch, AdapterOutcome outcome, bool fromNow)
    {
        // Counts of a broken answer would make the comparison fail for ever.
        var (samples, correct) = (outcome.Labelled, Math.Clamp(outcome.Correct, 0, outcome.Labelled));
        if (Epoch.Length == 0)
        {
            return this with
            {
                Epoch = epoch,
                SeenSamples = samples,
                SeenCorrect = correct,
                BaseSamples = fromNow ? samples : 0,
                BaseCorrect = fromNow ? correct : 0,
            };
        }

        // Within an epoch counts grow. If they do not all the same (panes past their horizon), what was seen stays counted.
        if (epoch == Epoch && samples >= SeenSamples && correct >= SeenCorrect && samples - SeenSamples >= correct - SeenCorrect)
            return this with { SeenSamples = samples, SeenCorrect = correct };
        return new ArmTrack
        {
            Epoch = epoch,
            SeenSamples = samples,
            SeenCorrect = correct,
            CarriedSamples = Counts.Samples,
            CarriedCorrect = Counts.Correct,
        };
    }
}
