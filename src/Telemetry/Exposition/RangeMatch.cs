namespace Drift.Telemetry.Exposition;

/// <summary>How precisely a media range of an Accept header covers a format, the most precise last (RFC 9110, 12.5.1).</summary>
internal enum RangeMatch
{
    None,
    AnyType,
    TypeWildcard,
    Type,
    TypeAndVersion,
}
