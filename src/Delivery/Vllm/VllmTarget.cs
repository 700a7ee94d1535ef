namespace Drift.Delivery.Vllm;

/// <summary>A vLLM server whose metrics are read.</summary>
public sealed class VllmTarget
{
    /// <summary>Its base address; <c>/metrics</c> is added. May hold secrets: never shown or logged.</summary>
    public string? Url { get; set; }

    /// <summary>The key that vLLM was started with, sent as <c>Authorization: Bearer</c>. Never shown or logged.</summary>
    /// <value>none</value>
    public string? ApiKey { get; set; }
}
