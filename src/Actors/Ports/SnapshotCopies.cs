namespace Drift.Actors.Ports;

/// <summary>Which of the two stored copies a snapshot becomes.</summary>
public enum SnapshotCopies
{
    /// <summary>The latest; what was the latest becomes the previous one.</summary>
    Latest,

    /// <summary>Both: what was stored before is gone.</summary>
    Both,
}
