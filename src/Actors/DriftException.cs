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

/// <summary>A request that cannot be served; nothing has changed. The message is for the caller: what is wrong and what would be right.</summary>
public sealed class DriftException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DriftException(DriftError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Creates an <see cref="DriftError.Unavailable"/> without a message of its own.</summary>
    public DriftException()
        : this(DriftError.Unavailable, "The request cannot be served now.")
    {
    }

    /// <summary>Creates an <see cref="DriftError.Unavailable"/>.</summary>
    public DriftException(string message)
        : this(DriftError.Unavailable, message)
    {
    }

    /// <summary>Creates an <see cref="DriftError.Unavailable"/> with its cause.</summary>
    public DriftException(string message, Exception innerException)
        : this(DriftError.Unavailable, message, innerException)
    {
    }

    /// <summary>Why.</summary>
    public DriftError Error { get; }

    /// <summary>The fields that are wrong, when fields are.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }
}
