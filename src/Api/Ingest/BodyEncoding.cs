namespace Drift.Api.Ingest;

/// <summary>How a body is compressed.</summary>
internal enum BodyEncoding
{
    /// <summary>It is not.</summary>
    Identity,

    /// <summary>RFC 1952, of one member or several.</summary>
    Gzip,

    /// <summary>RFC 7932.</summary>
    Brotli,
}
