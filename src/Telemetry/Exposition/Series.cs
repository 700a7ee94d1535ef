namespace Drift.Telemetry.Exposition;

/// <summary>One series: its labels, encoded once, and its value.</summary>
internal abstract class Series(LabelSet labels)
{
    public LabelSet Labels { get; } = labels;

    /// <summary>The text between a sample's braces.</summary>
    public byte[] LabelBytes { get; } = labels.ToUtf8();

    /// <summary>The last scrape in which an observable instrument reported this series; guarded by the registry's scrape lock.</summary>
    public long Generation { get; set; }

    /// <summary>True once the series has left its family; guarded by the family's lock.</summary>
    public bool Removed { get; set; }
}
