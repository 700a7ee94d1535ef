using Drift.Core.Detection;

namespace Drift.Core.Settings;

/// <summary>From when on a model alerts.</summary>
public sealed record AlertSettings
{
    /// <summary>The lowest severity that opens an alert; <see cref="Severity.None"/> is not possible.</summary>
    public Severity MinSeverity { get; set; } = Severity.Warning;
}
