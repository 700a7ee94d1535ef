namespace Drift.Api.OpenApi;

/// <summary>Example bodies of LoRA versions.</summary>
internal static class AdapterExamples
{
    public const string Registration = """
        {"base_model": "meta-llama/Llama-3-8B", "version": "v3", "model": "support", "deployer": "vllm", "artifact_uri": "/adapters/v3",
         "training": {"training_job_id": "run-17", "rank": 16, "alpha": 32, "dropout": 0.05, "num_epochs": 3, "learning_rate": 0.0002, "batch_size": 8,
          "training_loss": 0.41, "validation_loss": 0.46, "training_time_seconds": 5400}, "metadata": {"data": "tickets-2026-11"}, "state": "trained", "by": "trainer"}
        """;

    public const string Adapter = """
        {"tenant": "default", "base_model": "meta-llama/Llama-3-8B", "version": "v3", "model": "support", "lora_name": "v3", "deployer": "vllm",
         "artifact_uri": "/adapters/v3", "training": {"rank": 16, "alpha": 32, "validation_loss": 0.46}, "metadata": {}, "state": "serving",
         "role": "canary", "is_active": false, "created_at": "2026-11-20T12:00:00Z", "deployed_at": "2026-11-20T13:00:00Z",
         "updated_at": "2026-11-20T13:00:00Z", "sequence": 14, "canary": {"champion": "v2", "since": "2026-11-20T13:00:00Z", "samples": 800,
         "correct": 720, "champion_samples": 3100, "champion_correct": 2760, "difference": 0.0097, "lower": -0.026, "upper": 0.041, "verdict": "undecided"}}
        """;

    public const string Adapters = $$$"""{"tenant": "default", "count": 1, "adapters": [{{{Adapter}}}]}""";

    public const string Page = $$$"""
        {"adapter": {{{Adapter}}}, "transitions": [{"version": "v3", "sequence": 9, "at": "2026-11-20T12:00:00Z", "to": "registered", "by": "trainer"},
         {"version": "v3", "sequence": 14, "at": "2026-11-20T13:00:00Z", "command": "loaded", "from": "loading", "from_role": "canary", "to": "serving",
          "to_role": "canary", "by": "deployer:vllm"}]}
        """;

    public const string Transition = """{"command": "validate", "by": "ann", "reason": "the golden set of November"}""";

    public const string Policy = """
        {"automatic": true, "promote_when": "not_worse", "margin": 0.02, "rollback_margin": 0, "alpha": 0.05, "min_samples": 100, "max_duration_hours": 168}
        """;

    public const string Comparison = $$$"""
        {"base_model": "meta-llama/Llama-3-8B", "champion": "v2", "versions": [{"adapter": {{{Adapter}}}, "performance": [{"version": "v3",
         "metric_name": "accuracy", "metric_value": 0.9, "sample_count": 800, "timestamp": "2026-11-20T14:00:00Z", "metadata": {}}],
         "verdict": {"model": "default/support", "window": "24h", "segment": "adapter=v3", "evaluated_at": "2026-11-20T14:00:00Z", "rows": 900, "reference_rows": 5000,
          "plan": 4, "status": "ok", "severity": "none", "drift_detected": false, "drifted_columns": 0, "columns": 14, "current_accuracy": 0.9,
          "serving": {"timed": 900, "latency_mean_ms": 310.5, "latency_p50_ms": 290, "latency_p95_ms": 720, "latency_p99_ms": 1250, "prompt_tokens": 378000,
           "completion_tokens": 86400, "cache_hits": 600, "cache_misses": 300},
          "features": [{"name": "prediction", "role": "prediction", "type": "categorical", "severity": "none", "drifted": false, "share": 0.07, "psi": 0.02}]}}]}
        """;

    public const string Points = """{"points": [{"metric_name": "judge_score", "metric_value": 0.87, "sample_count": 500, "timestamp": "2026-11-20T14:00:00Z"}]}""";

    public const string Receipt = """{"accepted": 1}""";

    public const string Performance = """
        {"base_model": "meta-llama/Llama-3-8B", "version": "v3", "from": "2026-11-13T14:00:00Z", "points": [{"version": "v3", "metric_name": "accuracy",
         "metric_value": 0.9, "sample_count": 800, "timestamp": "2026-11-20T14:00:00Z", "metadata": {}}]}
        """;

    public const string Canary = $$$"""{"base_model": "meta-llama/Llama-3-8B", "canary": {{{Adapter}}}}""";
}
