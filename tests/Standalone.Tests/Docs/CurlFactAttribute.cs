using Drift.Support;

namespace Drift.Standalone.Tests.Docs;

/// <summary>A fact that runs examples of a page; skipped, saying what to install, where bash or curl are missing.</summary>
public sealed class CurlFactAttribute : FactAttribute
{
    public CurlFactAttribute() => Skip = Executables.Find("curl") is not null && Executables.Find("bash") is not null
        ? null
        : "needs bash and curl: apt-get install curl (Debian, Ubuntu) or brew install curl (macOS)";
}
