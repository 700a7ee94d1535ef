using Drift.Core.Plans;

namespace Drift.Core.Detection;

/// <summary>What one evaluation says of one column.</summary>
public sealed record ColumnVerdict
{
    /// <summary>The column.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is to the model.</summary>
    public ColumnRole Role { get; init; }

    /// <summary>Its type.</summary>
    public ColumnType Type { get; init; }

    /// <summary>Severity by the thresholds, <see cref="Severity.None"/> unless <see cref="Drifted"/>.</summary>
    public Severity Severity { get; init; }

    /// <summary>Past a threshold and significant after Benjamini–Hochberg.</summary>
    public bool Drifted { get; init; }

    /// <summary>Part of the summed PSI of all columns, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Population stability index.</summary>
    public double? Psi { get; init; }

    /// <summary>Kullback–Leibler divergence of the reference from the current rows, nats.</summary>
    public double? Kl { get; init; }

    /// <summary>Jensen–Shannon distance, base 2, 0 to 1.</summary>
    public double? Js { get; init; }

    /// <summary>Hellinger distance, 0 to 1.</summary>
    public double? Hellinger { get; init; }

    /// <summary>Wasserstein distance in standard deviations of the reference; numeric columns.</summary>
    public double? Wasserstein { get; init; }

    /// <summary>Kolmogorov–Smirnov statistic over percentile edges, 0 to 1; numeric columns.</summary>
    public double? Ks { get; init; }

    /// <summary>Its asymptotic p-value.</summary>
    public double? KsP { get; init; }

    /// <summary>χ² of the 2×K contingency table; categorical columns.</summary>
    public double? Chi2 { get; init; }

    /// <summary>Its p-value.</summary>
    public double? Chi2P { get; init; }

    /// <summary>Largest difference of a bin's shares, 0 to 1.</summary>
    public double? LInfinity { get; init; }

    /// <summary>Distance of the mean random Fourier features (an estimate of MMD), 0 to 2; embedding columns.</summary>
    public double? Mmd { get; init; }

    /// <summary>PSI to be expected at these sample sizes without any drift.</summary>
    public double? PsiNoise { get; init; }

    /// <summary>p-value of no drift.</summary>
    public double? PValue { get; init; }

    /// <summary>The p-value adjusted over all columns (Benjamini–Hochberg).</summary>
    public double? QValue { get; init; }

    /// <summary>Severity by statistic, for those past a threshold, significant or not.</summary>
    public IReadOnlyDictionary<string, Severity>? Severities { get; init; }

    /// <summary>Share of current rows without a value, 0 to 1.</summary>
    public double Missing { get; init; }

    /// <summary>Share of current values that the reference never had, 0 to 1; categorical columns.</summary>
    public double Unseen { get; init; }

    /// <summary>Share of current values outside the reference's range, 0 to 1; numeric columns.</summary>
    public double OutOfRange { get; init; }
}
