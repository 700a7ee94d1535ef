namespace Drift.Core.Settings;

/// <summary>Where a model's reference comes from.</summary>
public sealed record ReferenceSettings
{
    /// <summary>The mode.</summary>
    public ReferenceMode Mode { get; set; } = ReferenceMode.First;

    /// <summary>Rows to learn from under <see cref="ReferenceMode.First"/> (and to fix the bins from under the modes that slide), 1 to 1 000 000.</summary>
    public int Rows { get; set; } = 5000;

    /// <summary>Length of a rolling reference in days, 1 to 30.</summary>
    public int Days { get; set; } = 7;

    /// <summary>Days between a rolling reference's end and now, 0 to 30: drift that is younger does not slip into it.</summary>
    public int LagDays { get; set; } = 1;

    /// <summary>The model whose reference is used under <see cref="ReferenceMode.Model"/>.</summary>
    public string? Model { get; set; }
}
