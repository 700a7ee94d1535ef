namespace Drift.Api.Auth;

/// <summary>What an API key allows.</summary>
[Flags]
public enum ApiScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sending predictions and labels, and reporting GPUs.</summary>
    Ingest = 1,

    /// <summary>Reading verdicts, settings and lists, and asking for an evaluation.</summary>
    Read = 2,

    /// <summary>Changing settings and references and deleting; allows reading and ingesting too.</summary>
    Admin = 4,
}
