namespace Drift.Api.Rows;

/// <summary>What kind of answer a fault asks for.</summary>
internal enum RowFaultKind
{
    /// <summary>The request is not what it should be (400).</summary>
    Malformed,

    /// <summary>The request is more than is taken at once (413).</summary>
    TooLarge,
}

/// <summary>Why a request was refused.</summary>
/// <param name="Kind">Which answer it asks for.</param>
/// <param name="Path">The place, such as <c>rows[3].features.age</c> or <c>columns.ts[3]</c>; empty for the body as a whole.</param>
/// <param name="Row">The row, counted from 0; null when it is no row's fault.</param>
/// <param name="Message">What is wrong and what would be right, complete without the path.</param>
internal sealed record RowFault(RowFaultKind Kind, string Path, long? Row, string Message);
