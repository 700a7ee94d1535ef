using Drift.Core.Detection;

namespace Drift.Actors.Alerts;

/// <summary>Keeps alerts from being told for a while; they are recorded all the same.</summary>
public sealed record Silence
{
    /// <summary>Its id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The tenant whose alerts it silences.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The model whose alerts it silences; null: all.</summary>
    public string? Model { get; init; }

    /// <summary>The kind of alert, see <see cref="AlertKind"/>; null: all.</summary>
    public string? Kind { get; init; }

    /// <summary>Silences an alert about this column only; one about other columns too is told. Null: whatever the columns.</summary>
    public string? Feature { get; init; }

    /// <summary>Silences up to this severity; worse is told. Null: however bad.</summary>
    public Severity? MaxSeverity { get; init; }

    /// <summary>From when on.</summary>
    public DateTimeOffset StartsAt { get; init; }

    /// <summary>Until when, not in it.</summary>
    public DateTimeOffset EndsAt { get; init; }

    /// <summary>Who silences.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether these silences together keep an alert from being told: one for whatever column, or one for each of its columns.</summary>
    public static bool Cover(IEnumerable<Silence> silences, Alert alert, DateTimeOffset at)
    {
        var matching = silences.Where(s => s.Matches(alert, at)).ToList();
        return matching.Exists(s => s.Feature is null)
            || (alert.Columns.Count > 0 && alert.Columns.All(c => matching.Exists(s => s.Feature == c)));
    }

    private bool Matches(Alert alert, DateTimeOffset at) =>
        Tenant == alert.Tenant
        && StartsAt <= at && at < EndsAt
        && (Model is null || Model == alert.Model)
        && (Kind is null || Kind == alert.Kind)
        && (MaxSeverity is null || alert.Severity <= MaxSeverity);
}
