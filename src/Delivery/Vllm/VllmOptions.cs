namespace Drift.Delivery.Vllm;

/// <summary>Which vLLM servers' metrics are read, and how often.</summary>
public sealed class VllmOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Vllm";

    /// <summary>How often each is read.</summary>
    /// <value>15 seconds; 100 ms to 1 hour.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an answer may take.</summary>
    /// <value>5 seconds; 100 ms to 5 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The servers by name, the label <c>target</c>: 1 to 63 of <c>a-z 0-9 - _</c>, starting with a letter or digit.</summary>
    /// <value>none</value>
    public IDictionary<string, VllmTarget> Targets { get; } = new Dictionary<string, VllmTarget>(StringComparer.Ordinal);
}
