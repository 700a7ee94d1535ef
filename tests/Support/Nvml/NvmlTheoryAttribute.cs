using Xunit;

namespace Drift.Support.Nvml;

/// <summary>A theory over the fake NVML; skipped, saying what to install, where it cannot be compiled.</summary>
public sealed class NvmlTheoryAttribute : TheoryAttribute
{
    public NvmlTheoryAttribute() => Skip = FakeNvml.IsAvailable ? null : FakeNvml.Missing;
}
