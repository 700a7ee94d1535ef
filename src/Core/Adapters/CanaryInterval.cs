namespace Drift.Core.Adapters;

/// <summary>What the accuracy of the canary less that of the champion may be, −1 to 1, with the error rate that was asked for.</summary>
/// <param name="Lower">Its least.</param>
/// <param name="Upper">Its most.</param>
public readonly record struct CanaryInterval(double Lower, double Upper)
{
    /// <summary>Nothing is known.</summary>
    public static CanaryInterval Everything { get; } = new(-1, 1);
}
