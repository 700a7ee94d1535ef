using Drift.Core.Detection;

namespace Drift.Storage;

/// <summary>Verdicts on their way to a table.</summary>
internal static class StoredVerdict
{
    /// <summary>The verdict with every name storable. Figures are as they were.</summary>
    public static Verdict Clean(Verdict verdict)
    {
        var segment = verdict.Segment is null ? null : StoredText.Clean(verdict.Segment);
        if (ReferenceEquals(segment, verdict.Segment) && verdict.Features.All(column => ReferenceEquals(StoredText.Clean(column.Name), column.Name)))
            return verdict;

        return verdict with
        {
            Segment = segment,
            Features = [.. verdict.Features.Select(column => column with { Name = StoredText.Clean(column.Name) })],
        };
    }
}
