using Drift.Core.Adapters;

namespace Drift.Simulation;

/// <summary>Canaries that are looked at after every single row, and stopped at the first look that says something.</summary>
internal sealed class Canaries
{
    private const double Alpha = 0.05;

    public required string Name { get; init; }

    public required double Champion { get; init; }

    public required double Canary { get; init; }

    public required double Share { get; init; }

    /// <summary>What is promoted: <see cref="CanaryVerdict.Better"/> or <see cref="CanaryVerdict.NotWorse"/>.</summary>
    public required CanaryVerdict PromoteWhen { get; init; }

    public required int Runs { get; init; }

    public int Promoted { get; private set; }

    public int RolledBack { get; private set; }

    /// <summary>Rows of the canary at the decision, of the runs with one, ascending.</summary>
    public List<long> Rows { get; private set; } = [];

    public Canaries Run(int mostRows, ulong seed)
    {
        var rule = new CanaryRule(Margin: 0.02, RollbackMargin: 0, MinSamples: 100);
        for (var run = 0; run < Runs; run++)
        {
            var random = new SplitMix(seed + (ulong)run);
            CanaryArm canary = default, champion = default;
            for (var row = 0; row < mostRows; row++)
            {
                if (random.Uniform() < Share)
                    canary = new CanaryArm(canary.Samples + 1, canary.Correct + (random.Uniform() < Canary ? 1 : 0));
                else
                    champion = new CanaryArm(champion.Samples + 1, champion.Correct + (random.Uniform() < Champion ? 1 : 0));
                var verdict = Judge(rule, canary, champion);
                if (verdict == CanaryVerdict.Undecided || (verdict == CanaryVerdict.NotWorse && PromoteWhen == CanaryVerdict.Better))
                    continue;
                if (verdict == CanaryVerdict.Worse)
                    RolledBack++;
                else
                    Promoted++;
                Rows.Add(canary.Samples);
                break;
            }
        }

        Rows = [.. Rows.Order()];
        return this;
    }

    /// <summary>What production's rule says of production's interval, which is only computed where one of its bounds can matter.</summary>
    private CanaryVerdict Judge(CanaryRule rule, CanaryArm canary, CanaryArm champion)
    {
        if (Math.Min(canary.Samples, champion.Samples) < rule.MinSamples)
            return CanaryVerdict.Undecided;
        return MayExclude(0) || (PromoteWhen == CanaryVerdict.NotWorse && MayExclude(-rule.Margin))
            ? rule.Judge(canary, champion, CanaryTest.Interval(canary, champion, Alpha))
            : CanaryVerdict.Undecided;

        bool MayExclude(double difference)
        {
            var pooled = (canary.Correct + champion.Correct - (difference * canary.Samples)) / (canary.Samples + champion.Samples);
            return CanaryTest.LogEvidenceOfPair(canary, champion, difference, pooled) >= -Math.Log(Alpha)
                && CanaryTest.LogEvidence(canary, champion, difference) >= -Math.Log(Alpha);
        }
    }
}
