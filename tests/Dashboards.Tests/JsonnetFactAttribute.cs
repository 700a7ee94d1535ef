using Drift.Support;

namespace Drift.Dashboards.Tests;

/// <summary>A fact that builds the dashboards; skipped, saying what to install, where jsonnet is missing.</summary>
public sealed class JsonnetFactAttribute : FactAttribute
{
    public JsonnetFactAttribute() => Skip = Executables.Find("jsonnet") is null ? "needs jsonnet: apt-get install jsonnet (Debian, Ubuntu) or brew install jsonnet (macOS)" : null;
}
