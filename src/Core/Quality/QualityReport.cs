using Drift.Core.Plans;
using Drift.Core.Profiles;

namespace Drift.Core.Quality;

/// <summary>
/// How sound the cells of a set of rows are, column by column, and one score for all of it. Immutable; no figure is ever NaN.
/// </summary>
/// <remarks>
/// <para>
/// A defect is a cell that is missing, of another type, not finite, outside the reference's range, or a category that the reference
/// never had; a cell has at most one of them. The score of a column is 1 − Σ max(0, share of the defect − the reference's own share
/// of it), held to 0..1: what was so in the reference is how the column is, so a column that was always sparse is not punished
/// forever (its raw <see cref="ColumnQuality.Completeness"/> says so all the same). Without a reference profile the reference's
/// shares are 0. Outliers inside the reference's range are reported, but are no defect: the reference has them too.
/// </para>
/// <para>
/// <see cref="DataQualityScore"/> is the mean score of the feature columns that have rows; predictions, scores and labels are
/// reported, but not in it. A text counts as the three columns, an embedding as the two that it is watched through.
/// </para>
/// </remarks>
public sealed record QualityReport
{
    /// <summary>Rows that the report speaks of.</summary>
    public required long Rows { get; init; }

    /// <summary>0 (every cell of every feature is defective, and was not in the reference) to 1 (as sound as the reference). 1 without rows.</summary>
    public required double DataQualityScore { get; init; }

    /// <summary>The columns, in the order of the plan.</summary>
    public required IReadOnlyList<ColumnQuality> Columns { get; init; }

    /// <summary>Makes the report of a profile.</summary>
    /// <param name="reference">The reference's profile, or null when only its plan is known. Columns are matched by name and role.</param>
    /// <param name="current">The rows in question.</param>
    public static QualityReport From(Profile? reference, Profile current)
    {
        var known = new Dictionary<(string, ColumnRole), ColumnQuality>();
        foreach (var column in reference is null ? [] : Pairs(reference))
            known.TryAdd((column.Plan.Name, column.Plan.Role), Measure(column.Plan, column.Profile, null));
        var columns = Pairs(current)
            .Select(c => Measure(c.Plan, c.Profile, known.GetValueOrDefault((c.Plan.Name, c.Plan.Role))))
            .ToArray();
        var scores = columns.Where(c => c.Role == ColumnRole.Feature && c.Rows > 0).Select(c => c.Score).ToArray();
        return new QualityReport { Rows = current.Rows, DataQualityScore = scores.Length == 0 ? 1 : scores.Average(), Columns = columns };
    }

    private static IEnumerable<(ColumnPlan Plan, ColumnProfile Profile)> Pairs(Profile profile) => profile.Plan.Columns.Zip(profile.Columns);

    private static ColumnQuality Measure(ColumnPlan plan, ColumnProfile profile, ColumnQuality? reference)
    {
        var rows = profile.Rows;
        var numeric = profile as NumericProfile;
        // A column that no reference row had knows no categories, so none of its values can be called unseen.
        var unseen = profile is CategoricalProfile categorical ? (categorical.Plan.Names.Count == 0 ? 0 : categorical.Unseen) : (long?)null;
        var quality = new ColumnQuality
        {
            Name = plan.Name,
            Role = plan.Role,
            Rows = rows,
            Missing = profile.Missing,
            Mismatched = profile.Mismatched,
            NonFinite = profile.NonFinite,
            OutOfRange = numeric is null ? null : numeric.BelowRange + numeric.AboveRange,
            Unseen = unseen,
            Outliers = numeric?.Outliers,
        };
        var excess = Excess(quality.MissingShare, reference?.MissingShare)
            + Excess(quality.MismatchedShare, reference?.MismatchedShare)
            + Excess(quality.NonFiniteShare, reference?.NonFiniteShare)
            + Excess(quality.OutOfRangeShare, reference?.OutOfRangeShare)
            + Excess(quality.UnseenShare, reference?.UnseenShare);
        return quality with { Score = Math.Clamp(1 - excess, 0, 1) };
    }

    private static double Excess(double? share, double? reference) => Math.Max(0, (share ?? 0) - (reference ?? 0));
}
