namespace Drift.Delivery.Deployers;

/// <summary>What loads adapters into serving engines, by name.</summary>
public sealed class DeployerOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Deployers";

    /// <summary>The deployers by name, as adapters name them: 1 to 63 of <c>a-z 0-9 - _</c>, starting with a letter or digit; not <c>none</c>.</summary>
    public IDictionary<string, DeployerEntry> Deployers { get; } = new Dictionary<string, DeployerEntry>(StringComparer.Ordinal);
}
