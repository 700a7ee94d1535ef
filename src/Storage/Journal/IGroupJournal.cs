using Drift.Actors.Ports;

namespace Drift.Storage.Journal;

/// <summary>A journal that appends a group of entries in one durable step.</summary>
internal interface IGroupJournal : IJournal
{
    /// <summary>
    /// Appends those of the entries that nothing stands in the way of, each with its records, in one transaction. No two of them may be
    /// <see cref="Rivals"/>, and their text has been checked.
    /// </summary>
    /// <returns>Each entry's outcome, in their order.</returns>
    /// <exception cref="Actors.DriftException">
    /// <see cref="Actors.DriftError.Unavailable"/>: the database cannot be reached or written, and whether the group was appended may be
    /// unknown. After any other exception, none of it was.
    /// </exception>
    Task<AppendOutcome[]> AppendAsync(IReadOnlyList<JournalEntry> entries);
}
