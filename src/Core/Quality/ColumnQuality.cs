using Drift.Core.Plans;

namespace Drift.Core.Quality;

/// <summary>How sound the cells of one column are. Shares are of <see cref="Rows"/>, 0 without rows; null where the column's type has no such figure.</summary>
public sealed record ColumnQuality
{
    /// <summary>The column's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the column is to its model.</summary>
    public required ColumnRole Role { get; init; }

    /// <summary>Cells, with or without a value; of a label column only those that have one.</summary>
    public required long Rows { get; init; }

    /// <summary>Cells without a value.</summary>
    public required long Missing { get; init; }

    /// <summary>Cells whose value is of another type than the column, or a vector of another length.</summary>
    public required long Mismatched { get; init; }

    /// <summary>Cells with a number that is not finite.</summary>
    public required long NonFinite { get; init; }

    /// <summary>Numeric: values below the reference's minimum or above its maximum.</summary>
    public required long? OutOfRange { get; init; }

    /// <summary>Categorical: values that the reference never had.</summary>
    public required long? Unseen { get; init; }

    /// <summary>Numeric: values outside Q1 − 3·IQR … Q3 + 3·IQR of the reference.</summary>
    public required long? Outliers { get; init; }

    /// <summary>Share of cells that are not missing, 0 to 1; 1 without rows.</summary>
    public double Completeness => Rows == 0 ? 1 : (double)(Rows - Missing) / Rows;

    /// <summary><see cref="Missing"/> as a share.</summary>
    public double MissingShare => Share(Missing);

    /// <summary><see cref="Mismatched"/> as a share.</summary>
    public double MismatchedShare => Share(Mismatched);

    /// <summary><see cref="NonFinite"/> as a share.</summary>
    public double NonFiniteShare => Share(NonFinite);

    /// <summary><see cref="OutOfRange"/> as a share.</summary>
    public double? OutOfRangeShare => OutOfRange is { } count ? Share(count) : null;

    /// <summary><see cref="Unseen"/> as a share.</summary>
    public double? UnseenShare => Unseen is { } count ? Share(count) : null;

    /// <summary><see cref="Outliers"/> as a share.</summary>
    public double? OutliersShare => Outliers is { } count ? Share(count) : null;

    /// <summary>1 minus the shares of defects beyond the reference's own, 0 to 1; see <see cref="QualityReport"/>.</summary>
    public double Score { get; init; } = 1;

    private double Share(long count) => Rows == 0 ? 0 : (double)count / Rows;
}
