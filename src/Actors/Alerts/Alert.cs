using Drift.Core.Detection;

namespace Drift.Actors.Alerts;

/// <summary>Something that a person should know of, from when it began until it is over.</summary>
public sealed record Alert
{
    /// <summary>Its id: 32 hexadecimal digits. The same alert has the same id everywhere and for ever.</summary>
    public string Id { get; init; } = "";

    /// <summary>The tenant whose alert it is.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>What it is about, see <see cref="AlertKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The model's name; null when it is not about a model.</summary>
    public string? Model { get; init; }

    /// <summary>The window whose verdicts led to it.</summary>
    public string? Window { get; init; }

    /// <summary>How bad it is now; of a resolved alert, how bad it was last.</summary>
    public Severity Severity { get; init; }

    /// <summary>What happened, in one line for a person.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The drifted columns at its latest change, worst first, at most ten.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Figures of the verdict at its latest change by name: <c>psi</c>, <c>kl</c>, <c>current_accuracy</c> …</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>Counts its changes from 1: a receiver that saw a higher number ignores a lower one.</summary>
    public int Sequence { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Why it is over.</summary>
    public string? Resolution { get; init; }

    /// <summary>Whether its latest change was kept from everybody by a silence.</summary>
    public bool Silenced { get; init; }

    /// <summary>Who looks after it.</summary>
    public Acknowledgement? Acknowledgement { get; init; }

    /// <summary>Where it stands.</summary>
    public AlertState State => ResolvedAt is not null ? AlertState.Resolved : Acknowledgement is not null ? AlertState.Acknowledged : AlertState.Open;
}
