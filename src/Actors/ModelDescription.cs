using Drift.Core.Settings;

namespace Drift.Actors;

/// <summary>A model's settings and state.</summary>
public sealed record ModelDescription
{
    /// <summary><c>tenant/model</c>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether it monitors.</summary>
    public ModelState Status { get; init; }

    /// <summary>Version of its plan, 0 while learning.</summary>
    public int Plan { get; init; }

    /// <summary>Rows counted since it was created, reference rows of <c>first</c> included.</summary>
    public long Rows { get; init; }

    /// <summary>Rows learned so far, while learning.</summary>
    public long? Learned { get; init; }

    /// <summary>Rows that the reference needs, while learning from first rows.</summary>
    public long? LearnsUntil { get; init; }

    /// <summary>When the last batch arrived.</summary>
    public DateTimeOffset? LastIngest { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its settings.</summary>
    public ModelSettings Settings { get; init; } = new();

    /// <summary>The task in force, declared or inferred.</summary>
    public ModelTask? Task { get; init; }

    /// <summary>The columns of the plan.</summary>
    public IReadOnlyList<ColumnDescription> Columns { get; init; } = [];
}
