namespace Drift.Core.Statistics;

/// <summary>
/// What <see cref="Psi"/> and <see cref="KullbackLeibler"/> do with empty bins. The other statistics are finite as they are and take none.
/// </summary>
/// <remarks>
/// <para><see cref="SmoothingKind.Jeffreys"/> keeps both sides probability distributions, so both statistics stay at or above zero, and
/// its effect fades as rows arrive. <see cref="SmoothingKind.Epsilon"/> reproduces what many tools report: the shares then sum to
/// slightly more than 1, so the divergence can be slightly negative, and the size of PSI for an emptied bin is chosen by epsilon, not by
/// the data.</para>
/// <para>The default value is <see cref="Jeffreys"/>.</para>
/// </remarks>
public readonly record struct Smoothing
{
    /// <summary>The epsilon of <see cref="WithEpsilon"/> when none is given.</summary>
    public const double DefaultEpsilon = 1e-4;

    /// <summary>The largest epsilon that is accepted.</summary>
    public const double MaxEpsilon = 0.1;

    private readonly double _epsilon;

    private Smoothing(SmoothingKind kind, double epsilon)
    {
        Kind = kind;
        _epsilon = epsilon;
    }

    /// <summary>Add ½ to every count of both sides.</summary>
    public static Smoothing Jeffreys => default;

    /// <summary>The rule.</summary>
    public SmoothingKind Kind { get; }

    /// <summary>The replacement of a zero share, in (0, 0.1]. Only <see cref="SmoothingKind.Epsilon"/> uses it.</summary>
    /// <value>1e-4 unless given.</value>
    public double Epsilon => Kind == SmoothingKind.Epsilon ? _epsilon : DefaultEpsilon;

    /// <summary>Replace zero shares by <paramref name="epsilon"/>.</summary>
    /// <param name="epsilon">In (0, 0.1].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is outside (0, 0.1] or not a number.</exception>
    public static Smoothing WithEpsilon(double epsilon = DefaultEpsilon)
    {
        if (!(epsilon > 0 && epsilon <= MaxEpsilon))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Epsilon must lie in (0, 0.1].");
        }

        return new Smoothing(SmoothingKind.Epsilon, epsilon);
    }
}
