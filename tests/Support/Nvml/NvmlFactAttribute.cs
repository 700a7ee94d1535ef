using Xunit;

namespace Drift.Support.Nvml;

/// <summary>A fact over the fake NVML; skipped, saying what to install, where it cannot be compiled.</summary>
public sealed class NvmlFactAttribute : FactAttribute
{
    public NvmlFactAttribute() => Skip = FakeNvml.IsAvailable ? null : FakeNvml.Missing;
}
