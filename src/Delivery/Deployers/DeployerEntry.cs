namespace Drift.Delivery.Deployers;

/// <summary>Something that loads adapters into a serving engine.</summary>
public sealed class DeployerEntry
{
    /// <summary>How it is told.</summary>
    /// <value>vllm</value>
    public DeployerKind Kind { get; set; } = DeployerKind.Vllm;

    /// <summary>
    /// Where it listens: of vLLM the base address, without <c>/v1</c>, and of several replicas all of them, separated by commas; of a webhook the
    /// whole address. May hold secrets: never shown or logged.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>The key that vLLM was started with, sent as <c>Authorization: Bearer</c>. Never shown or logged.</summary>
    /// <value>none</value>
    public string? ApiKey { get; set; }

    /// <summary>What messages to a webhook are signed with: text, or Base64 behind <c>whsec_</c>; 16 bytes or more. Never shown or logged.</summary>
    public string? Secret { get; set; }

    /// <summary>How long one attempt may take, all replicas together: loading reads the weights.</summary>
    /// <value>2 minutes; 100 ms to 1 hour.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long is tried before the adapter counts as failed.</summary>
    /// <value>10 minutes; 1 second to 30 days, at most what <c>Drift:Delivery:GiveUpAfter</c> says.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How often vLLM is asked whether it still holds the adapters that serve there; one that it lost when it restarted is loaded again. Of no meaning
    /// to a webhook.
    /// </summary>
    /// <value>15 seconds; 100 ms to 1 hour.</value>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The addresses in <see cref="Url"/>.</summary>
    internal IReadOnlyList<string> Urls => (Url ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
