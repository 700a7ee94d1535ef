namespace Drift.Api.OpenApi;

internal static partial class Examples
{
    public const string Trigger = """
        {"id": "3f0c1a9e5d7b42c8a1e6f09d2b4c8e11", "tenant": "default", "model": "credit", "type": "drift", "status": "running",
         "reason": {"summary": "Critical drift in the last 1h, PSI 0.41, in 3 evaluation(s) in a row.", "evaluations": 3},
         "dry_run": false, "destinations": ["gpu-farm"], "job_id": "job-4711", "sequence": 4, "attempts": 1, "created_at": "2026-11-20T12:00:00Z",
         "updated_at": "2026-11-20T12:05:00Z", "approved_by": "policy", "approved_at": "2026-11-20T12:00:00Z", "sent_at": "2026-11-20T12:00:01Z",
         "accepted_at": "2026-11-20T12:00:02Z", "started_at": "2026-11-20T12:05:00Z", "expires_at": "2026-11-21T12:05:00Z"}
        """;

    public const string Triggers = $$"""
        {"tenant": "default", "count": 1, "triggers": [{{Trigger}}]}
        """;

    public const string TriggerRequest = """{"by": "ada", "reason": "the new form sends years"}""";

    public const string TriggerApprove = """{"by": "ada"}""";

    public const string TriggerCancel = """{"by": "ada", "reason": "the pipeline was broken, not the world"}""";

    public const string TriggerStatus = """
        {"status": "running", "job_id": "job-4711", "message": "epoch 1 of 3"}
        """;

    public const string TrainingStart = """
        {"id": "run-17", "model": "credit", "base_model": "llama-3-8b", "adapter_version": "v4", "parameters": {"rank": "16", "alpha": "32"}}
        """;

    public const string TrainingPoints = """
        {"batch_id": "b-1", "points": [{"ts": "2026-11-20T12:00:00Z", "step": 100, "epoch": 0.1, "training_loss": 1.32, "validation_loss": 1.4,
         "ewc_lambda": 0.4, "fisher_matrix_size_bytes": 1048576, "replay_buffer_size": 512, "replay_buffer_capacity": 2048, "learning_rate": 0.0002,
         "samples": 3200}]}
        """;

    public const string TrainingFinish = """{"status": "succeeded", "summary": "validation loss 0.91 after 3 epochs", "adapter_version": "v4"}""";

    public const string TrainingRun = """
        {"id": "run-17", "tenant": "default", "model": "credit", "base_model": "llama-3-8b", "adapter_version": "v4", "status": "running", "fault": "none",
         "parameters": {"rank": "16", "alpha": "32"}, "sequence": 2, "started_at": "2026-11-20T12:00:00Z", "updated_at": "2026-11-20T12:01:00Z",
         "last_point_at": "2026-11-20T12:01:00Z", "points": 1, "latest": {"timestamp": "2026-11-20T12:00:00Z", "step": 100, "training_loss": 1.32,
         "validation_loss": 1.4, "diverged": false}, "best_training_loss": 1.32, "best_validation_loss": 1.4}
        """;

    public const string TrainingRuns = $$"""
        {"tenant": "default", "count": 1, "runs": [{{TrainingRun}}]}
        """;

    public const string TrainingDetail = $$$"""
        {"run": {{{TrainingRun}}}, "points": [{"number": 1, "point": {"timestamp": "2026-11-20T12:00:00Z", "step": 100, "training_loss": 1.32, "validation_loss": 1.4,
         "diverged": false}}]}
        """;

    public const string TrainingReceipt = """{"run": "run-17", "batch_id": "b-1", "accepted": 1, "duplicate": false, "points": 1, "fault": "none"}""";
}
