namespace Drift.Delivery.Vllm;

/// <summary>How reading a vLLM server's metrics ended.</summary>
internal enum VllmOutcome
{
    /// <summary>It said what runs and waits.</summary>
    Ok,

    /// <summary>It answered and has no such metric: it was started without LoRA, or a newer release dropped it.</summary>
    Absent,

    /// <summary>It did not answer, or with an error.</summary>
    Unreachable,

    /// <summary>The metric has another form than is known.</summary>
    Unreadable,
}
