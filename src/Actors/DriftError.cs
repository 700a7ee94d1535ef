namespace Drift.Actors;

/// <summary>Why a request cannot be served.</summary>
public enum DriftError
{
    /// <summary>The request says something that cannot be.</summary>
    Invalid,

    /// <summary>What it names does not exist.</summary>
    NotFound,

    /// <summary>It does not fit the present state: another plan, no reference yet, deleted meanwhile.</summary>
    Conflict,

    /// <summary>A row breaks the declared schema under strict validation.</summary>
    SchemaViolation,

    /// <summary>It cannot be taken now; the same request may be sent again.</summary>
    Unavailable,
}
