namespace Drift.Core.Training;

/// <summary>
/// Follows the losses of a run and says whether it diverges: a loss that is no number, or one that is above <c>factor</c> times the best
/// so far. Losses may be negative or cross zero, where a factor says nothing: then only what is no number counts.
/// </summary>
/// <param name="BestTraining">The lowest training loss so far; null before the first.</param>
/// <param name="BestValidation">The lowest validation loss so far; null before the first.</param>
/// <param name="Diverging">Whether the latest point with a loss diverged.</param>
public sealed record LossWatch(double? BestTraining = null, double? BestValidation = null, bool Diverging = false)
{
    /// <summary>Takes a point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="factor">How many times the best loss is too much, above 1.</param>
    public LossWatch Observe(TrainingPoint point, double factor)
    {
        if (point is { Diverged: false, TrainingLoss: null, ValidationLoss: null })
            return this;
        return new LossWatch(
            Lower(BestTraining, point.TrainingLoss),
            Lower(BestValidation, point.ValidationLoss),
            point.Diverged || Exceeds(point.TrainingLoss, BestTraining, factor) || Exceeds(point.ValidationLoss, BestValidation, factor));
    }

    private static bool Exceeds(double? loss, double? best, double factor) => best > 0 && loss > best * factor;

    private static double? Lower(double? best, double? loss) => best is null || loss < best ? loss ?? best : best;
}
