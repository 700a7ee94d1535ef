using Xunit;

namespace Drift.Support;

/// <summary>A fact that needs Alertmanager; skipped, saying what to install, where it is missing.</summary>
public sealed class AlertmanagerFactAttribute : FactAttribute
{
    public AlertmanagerFactAttribute() => Skip = AlertmanagerServer.IsAvailable ? null : AlertmanagerServer.Missing;
}
