namespace Drift.Delivery.Deployers;

/// <summary>How a deployer is told to load and unload adapters.</summary>
public enum DeployerKind
{
    /// <summary>By vLLM's routes for LoRA adapters.</summary>
    Vllm,

    /// <summary>By a signed message that says what to do.</summary>
    Webhook,
}
