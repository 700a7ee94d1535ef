using Drift.Actors.Alerts;

namespace Drift.Storage;

/// <summary>Alerts as they can be stored: names of columns are whatever callers sent.</summary>
internal static class AlertText
{
    public static Alert Clean(Alert alert) => alert with
    {
        Summary = StoredText.Clean(alert.Summary),
        Columns = [.. alert.Columns.Select(StoredText.Clean)],
    };
}
