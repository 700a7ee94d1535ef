using Drift.Support;

namespace Drift.Deploy.Tests;

/// <summary>A theory that renders manifests; skipped, saying what to install, where there is no kubectl.</summary>
public sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = Executables.Find("kubectl") is null ? "needs kubectl (its kustomize; no cluster): https://kubernetes.io/docs/tasks/tools" : null;
}
