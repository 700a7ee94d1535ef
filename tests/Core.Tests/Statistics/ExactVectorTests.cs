using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

/// <summary>Vectors of public test suites, listed in shared/data/README.md.</summary>
public sealed class ExactVectorTests
{
    private static readonly double[] FirstP = [.32, .16, .28, .04, .2];
    private static readonly double[] FirstQ = [.25, .0625, .4375, .1875, .0625];
    // .5826087 … and .67346939 … are these counts over 230 and 294, printed to eight digits.
    private static readonly long[] SecondReference = [134, 23, 12, 57, 4];
    private static readonly long[] SecondCurrent = [198, 15, 1, 32, 48];
    private static readonly double[] ThirdP = [.32573783, .26860953, .14846763, .10319746, .15398756];
    private static readonly double[] ThirdQ = [.32450529, .04326352, .26435823, .31585057, .05202239];

    [Fact]
    public void First_vector_agrees_to_twelve_digits()
    {
        Near.Absolute(0.2752701838700412, KullbackLeibler.Compute(FirstP, FirstQ), 1e-12);
        Near.Absolute(0.5670270283866204, Psi.Compute(FirstP, FirstQ), 1e-12);
        Near.Absolute(0.2584730043524462, JensenShannon.DistanceNatural(FirstP, FirstQ), 1e-12);
    }

    [Fact]
    public void Second_vector_agrees_to_twelve_digits()
    {
        Near.Absolute(0.29028390374880353, KullbackLeibler.Compute(SecondReference, SecondCurrent, Smoothing.WithEpsilon()), 1e-12);
        Near.Absolute(0.6203258001760216, Psi.Compute(SecondReference, SecondCurrent, Smoothing.WithEpsilon()), 1e-12);
        Near.Absolute(0.25777927185202415, JensenShannon.DistanceNatural(SecondReference, SecondCurrent), 1e-12);
    }

    // The listed shares carry eight digits, unlike those behind the listed distance; half a unit of the last digit moves it by 2e-9.
    [Fact]
    public void Third_vector_agrees_to_the_digits_of_its_shares() =>
        Near.Absolute(0.3145182904022964, Hellinger.Distance(ThirdP, ThirdQ), 2e-9);

    [Fact]
    public void Disjoint_vector_agrees()
    {
        double[] p = [0, 1];
        double[] q = [1, 0];
        Near.Absolute(18.4188, Psi.Compute(p, q, 1e-4), 1e-4);
        Near.Absolute(2 * (1 - 1e-4) * Math.Log(1e4), Psi.Compute(p, q, 1e-4), 1e-12);
        Near.Absolute(0.8325546, JensenShannon.DistanceNatural(p, q), 5e-8);
        Near.Absolute(1, JensenShannon.Distance(p, q), 1e-15);
        Near.Absolute(1, Hellinger.Distance(p, q), 1e-15);
        Near.Absolute(1, LInfinity.Distance(p, q), 0);
    }

    [Fact]
    public void Fifth_vector_agrees_to_twelve_digits() =>
        Near.Absolute(0.4178757172728631, JensenShannon.DistanceNatural([.4, .4, .2], [.5, 0, .5]), 1e-12);

    [Fact]
    public void Base_two_and_natural_distances_differ_by_the_root_of_ln_two() =>
        Near.Relative(
            JensenShannon.DistanceNatural(FirstP, FirstQ), JensenShannon.Distance(FirstP, FirstQ) * Math.Sqrt(Math.Log(2)), 1e-15);
}
