namespace Drift.Telemetry.Exposition;

/// <summary>One series: its labels, encoded once, and its value. It holds no more than these.</summary>
/// <param name="key">What tells it from others, as <see cref="LabelWriter.Key"/>.</param>
/// <param name="labels">The text between a sample's braces, as <see cref="LabelWriter.Text"/>; mostly the same array.</param>
internal abstract class Series(byte[] key, byte[] labels)
{
    /// <summary>What tells it from the others of its family; they are in its order.</summary>
    public byte[] Key => key;

    /// <summary>The text between a sample's braces.</summary>
    public byte[] Labels => labels;

    /// <summary>True once the series has left its family; guarded by the family's lock.</summary>
    public bool Removed { get; set; }
}
