using System.Buffers;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Statistics;

namespace Drift.Core.Detection;

/// <summary>
/// Compares a window's profile with the reference's and reaches a verdict. Pure: the same profiles and settings give the same
/// verdict. Thread-safe.
/// </summary>
/// <remarks>
/// A column counts as drifted only when one of its statistics passes its threshold (it matters) and its p-value, adjusted over all
/// columns by Benjamini and Hochberg, is below α (it is not the noise of a small sample). The p-value of a binned column is that of
/// PSI·nm/(n+m) under χ² with B−1 degrees of freedom, that of an embedding combines one z-test per random Fourier feature.
/// </remarks>
public static class DriftEvaluator
{
    /// <summary>Evaluates a window.</summary>
    /// <param name="reference">The reference; a profile of the same plan as <paramref name="current"/>.</param>
    /// <param name="current">The window.</param>
    /// <param name="settings">How the verdict is reached.</param>
    /// <param name="at">The time of the evaluation.</param>
    /// <returns>The verdict; its <see cref="Verdict.Model"/>, <see cref="Verdict.Window"/> and <see cref="Verdict.Segment"/> are the caller's to set.</returns>
    public static Verdict Evaluate(Profile reference, Profile current, DetectionSettings settings, DateTimeOffset at)
    {
        var plan = reference.Plan;
        var enough = current.Rows >= settings.MinRows && reference.Rows >= settings.MinRows;
        var columns = new ColumnVerdict[plan.Columns.Count];
        var pValues = new double[columns.Length];
        double psiSum = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Compare(plan.Columns[i], reference.Columns[i], current.Columns[i], settings);
            pValues[i] = columns[i].PValue ?? 1;
            psiSum += Math.Max(0, columns[i].Psi ?? 0);
        }

        var adjusted = new double[columns.Length];
        BenjaminiHochberg.Adjust(pValues, adjusted);
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            var worst = column.Severities?.Values.Max() ?? Severity.None;
            var drifted = enough && worst > Severity.None && adjusted[i] < settings.Alpha;
            columns[i] = column with
            {
                Share = psiSum > 0 ? Math.Max(0, column.Psi ?? 0) / psiSum : 0,
                QValue = column.PValue is null ? null : adjusted[i],
                Drifted = drifted,
                Severity = drifted ? worst : Severity.None,
            };
        }

        Array.Sort(columns, static (a, b) => Rank(b).CompareTo(Rank(a)) is var order && order != 0 ? order : string.CompareOrdinal(a.Name, b.Name));
        var accuracy = CompareAccuracy(reference, current, settings);
        var severity = columns.Where(Leads).Select(c => c.Severity).Append(accuracy.Severity ?? Severity.None).Max();
        var worstColumn = columns.FirstOrDefault(c => c.Drifted && Leads(c)) ?? columns.FirstOrDefault(c => Leads(c) && c.Psi is not null);
        return new Verdict
        {
            EvaluatedAt = at,
            Rows = current.Rows,
            ReferenceRows = reference.Rows,
            Plan = plan.Version,
            Status = enough ? VerdictStatus.Ok : VerdictStatus.Insufficient,
            Severity = enough ? severity : Severity.None,
            DriftDetected = enough && severity > Severity.None,
            Kl = worstColumn?.Kl,
            Psi = worstColumn?.Psi,
            Js = worstColumn?.Js,
            CombinedScore = CombinedScore(worstColumn?.Kl, worstColumn?.Psi, accuracy.Reference, accuracy.Current),
            DriftedColumns = columns.Count(c => c.Drifted),
            Columns = columns.Length,
            ReferenceAccuracy = accuracy.Reference,
            CurrentAccuracy = accuracy.Current,
            AccuracySeverity = accuracy.Severity,
            Features = columns,
        };
    }

    /// <summary>
    /// 0.4·min(KL/0.2, 1) + 0.4·min(PSI/0.3, 1) + 0.2·min(max(0, reference accuracy − current accuracy)/0.1, 1), the first two with
    /// weight ½ each when an accuracy is missing; 0 to 1, null without KL and PSI.
    /// </summary>
    public static double? CombinedScore(double? kl, double? psi, double? referenceAccuracy, double? currentAccuracy)
    {
        if (kl is null || psi is null)
            return null;
        var divergence = Math.Clamp(kl.Value / 0.2, 0, 1);
        var stability = Math.Clamp(psi.Value / 0.3, 0, 1);
        if (referenceAccuracy is not { } before || currentAccuracy is not { } after)
            return (0.5 * divergence) + (0.5 * stability);
        return (0.4 * divergence) + (0.4 * stability) + (0.2 * Math.Clamp((before - after) / 0.1, 0, 1));
    }

    private static bool Leads(ColumnVerdict column) => column.Role is ColumnRole.Feature or ColumnRole.Prediction;

    // Drifted before quiet, then by severity, then by share of the drift.
    private static (bool Drifted, Severity Severity, double Share, double Mmd) Rank(ColumnVerdict column) =>
        (column.Drifted, column.Severity, column.Share, column.Mmd ?? 0);

    private static ColumnVerdict Compare(ColumnPlan plan, ColumnProfile reference, ColumnProfile current, DetectionSettings settings)
    {
        var verdict = new ColumnVerdict
        {
            Name = plan.Name,
            Role = plan.Role,
            Type = plan.Type,
            Missing = Share(current.Missing, current.Rows),
        };
        if (reference is EmbeddingProfile embedding)
            return CompareEmbedding(verdict, embedding, (EmbeddingProfile)current, settings);

        var capacity = CoarseTable.MaxBins(plan);
        var buffer = ArrayPool<long>.Shared.Rent(2 * capacity);
        try
        {
            var left = buffer.AsSpan(0, capacity);
            var right = buffer.AsSpan(capacity, capacity);
            var bins = CoarseTable.Fill(reference, settings.Bins, settings.Missing, left);
            CoarseTable.Fill(current, settings.Bins, settings.Missing, right);
            var pValue = NoDriftTest.PValue(plan, left[..bins], right[..bins]);
            bins = CoarseTable.DropEmpty(left[..bins], right[..bins]);
            verdict = CompareBins(verdict, left[..bins], right[..bins], settings);
            if (verdict.PValue is not null)
                verdict = verdict with { PValue = pValue };
        }
        finally
        {
            ArrayPool<long>.Shared.Return(buffer);
        }

        return reference switch
        {
            NumericProfile numeric => CompareNumeric(verdict, numeric, (NumericProfile)current, settings),
            CategoricalProfile => verdict with { Unseen = Share(((CategoricalProfile)current).Unseen, current.Values) },
            _ => verdict,
        };
    }

    private static ColumnVerdict CompareBins(ColumnVerdict verdict, ReadOnlySpan<long> reference, ReadOnlySpan<long> current, DetectionSettings settings)
    {
        long n = 0, m = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            n += reference[i];
            m += current[i];
        }

        // A side without a single row that can be binned has no distribution: nothing is claimed of it.
        if (n == 0 || m == 0)
            return verdict;

        var psi = Psi.Compute(reference, current, settings.Smoothing);
        var kl = KullbackLeibler.Compute(reference, current, settings.Smoothing);
        var js = JensenShannon.Distance(reference, current);
        var hellinger = Hellinger.Distance(reference, current);
        var largest = LInfinity.Distance(reference, current);
        var chi = verdict.Type == ColumnType.Categorical ? ChiSquare.Contingency(reference, current, 0) : (ChiSquareResult?)null;
        return WithSeverities(verdict, settings, ("psi", psi), ("kl", kl), ("js", js), ("hellinger", hellinger), ("l_infinity", largest)) with
        {
            Psi = psi,
            Kl = kl,
            Js = js,
            Hellinger = hellinger,
            LInfinity = largest,
            Chi2 = chi?.Statistic,
            Chi2P = chi?.PValue,
            PsiNoise = PsiNoise.Expected(reference.Length, n, m),
            PValue = PsiNoise.PValue(psi, reference.Length, n, m),
        };
    }

    private static ColumnVerdict CompareNumeric(ColumnVerdict verdict, NumericProfile reference, NumericProfile current, DetectionSettings settings)
    {
        long n = reference.Values, m = current.Values;
        verdict = verdict with { OutOfRange = Share(current.BelowRange + current.AboveRange, m) };
        if (n == 0 || m == 0)
            return verdict;
        var plan = reference.Plan;
        var bins = plan.Bins;
        var buffer = ArrayPool<double>.Shared.Rent(2 * bins);
        try
        {
            var left = buffer.AsSpan(0, bins);
            var right = buffer.AsSpan(bins, bins);
            FillOffsets(reference, left);
            FillOffsets(current, right);
            var wasserstein = Wasserstein.Normed(
                new NumericBins(reference.Counts, left, reference.Minimum, reference.Maximum),
                new NumericBins(current.Counts, right, current.Minimum, current.Maximum),
                plan.Edges,
                plan.Scale.Sigma);
            var ks = KolmogorovSmirnov.Compute(reference.Counts, current.Counts);
            return WithSeverities(verdict, settings, ("wasserstein", wasserstein)) with { Wasserstein = wasserstein, Ks = ks.Statistic, KsP = ks.PValue };
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }

    private static void FillOffsets(NumericProfile profile, Span<double> offsets)
    {
        var plan = profile.Plan;
        for (var i = 0; i < offsets.Length; i++)
        {
            var origin = NumericBins.Origin(plan.Edges, i);
            offsets[i] = plan.Scale.FromFixed(profile.Sums[i]) + (profile.Counts[i] * (plan.Scale.Center - origin));
        }
    }

    private static ColumnVerdict CompareEmbedding(ColumnVerdict verdict, EmbeddingProfile reference, EmbeddingProfile current, DetectionSettings settings)
    {
        long n = reference.Values, m = current.Values;
        if (n < 2 || m < 2)
            return verdict;
        Span<double> pValues = stackalloc double[EmbeddingColumnPlan.FeatureCount];
        var squares = 0.0;
        for (var i = 0; i < pValues.Length; i++)
        {
            var difference = reference.FeatureMean(i) - current.FeatureMean(i);
            squares += difference * difference;
            var error = Math.Sqrt((reference.FeatureVariance(i) / n) + (current.FeatureVariance(i) / m));
            pValues[i] = error > 0 ? Math.Min(1, 2 * SpecialFunctions.NormalUpperTail(Math.Abs(difference) / error)) : Math.Abs(difference) > 1e-6 ? 0 : 1;
        }

        var mmd = Math.Sqrt(squares / pValues.Length);
        return WithSeverities(verdict, settings, ("mmd", mmd)) with { Mmd = mmd, PValue = CauchyCombination.PValue(pValues) };
    }

    private static ColumnVerdict WithSeverities(ColumnVerdict verdict, DetectionSettings settings, params ReadOnlySpan<(string Statistic, double Value)> values)
    {
        Dictionary<string, Severity>? severities = null;
        foreach (var (statistic, value) in values)
        {
            if (settings.Thresholds.Of(statistic, value) is var severity and > Severity.None)
                (severities ??= verdict.Severities is null ? [] : new Dictionary<string, Severity>(verdict.Severities))[statistic] = severity;
        }

        return severities is null ? verdict : verdict with { Severities = severities };
    }

    /// <summary>
    /// Accuracy below a threshold counts only when it is a loss: significantly (α, one-sided) below the reference's accuracy, or,
    /// without labels in the reference, when the upper end of its Wilson interval is below the threshold as well.
    /// </summary>
    private static (double? Reference, double? Current, Severity? Severity) CompareAccuracy(Profile reference, Profile current, DetectionSettings settings)
    {
        var before = reference.Performance.Accuracy;
        var after = current.Performance.Accuracy;
        if (after is not { } accuracy)
            return (before, after, null);
        if (current.Performance.Labelled < settings.MinRows)
            return (before, after, Severity.None);
        var level = Thresholds.OfAccuracy(accuracy);
        if (level == Severity.None)
            return (before, after, level);
        var lost = before is null
            ? Thresholds.OfAccuracy(Proportion.WilsonInterval(current.Performance.Correct, current.Performance.Labelled, 1 - (2 * settings.Alpha)).Upper) > Severity.None
            : Proportion.DropPValue(
                reference.Performance.Correct, reference.Performance.Labelled, current.Performance.Correct, current.Performance.Labelled) < settings.Alpha;
        return (before, after, lost ? level : Severity.None);
    }

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
