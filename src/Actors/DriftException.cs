namespace Drift.Actors;

/// <summary>A request that cannot be served; nothing has changed. The message is for the caller: what is wrong and what would be right.</summary>
public class DriftException : Exception
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
