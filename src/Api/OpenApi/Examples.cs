namespace Drift.Api.OpenApi;

/// <summary>Example bodies of the OpenAPI document.</summary>
internal static partial class Examples
{
    public const string PredictionsJson = """
        {"batch_id": "b-17", "rows": [{"id": "p-1", "ts": "2026-11-20T12:00:00Z", "features": {"age": 41, "job": "nurse"},
         "prediction": "approve", "score": 0.83, "segment": {"region": "eu"}}]}
        """;

    public const string PredictionsNdjson = """
        {"id": "p-1", "ts": "2026-11-20T12:00:00Z", "features": {"age": 41, "job": "nurse"}, "prediction": "approve", "score": 0.83}
        """;

    public const string PredictionsCsv = "id,ts,age,job,prediction,score\np-1,2026-11-20T12:00:00Z,41,nurse,approve,0.83\n";

    public const string Receipt = """
        {"model": "default/credit", "batch_id": "b-17", "accepted": 1, "rejected": 0, "duplicate": false, "plan": 4, "status": "monitoring"}
        """;

    public const string LabelsJson = """
        {"batch_id": "l-17", "labels": [{"id": "p-1", "label": "approve", "ts": "2026-11-21T09:00:00Z"}]}
        """;

    public const string LabelsNdjson = """
        {"id": "p-1", "label": "approve", "ts": "2026-11-21T09:00:00Z"}
        """;

    public const string LabelsCsv = "id,label,ts\np-1,approve,2026-11-21T09:00:00Z\n";

    public const string LabelReceipt = """
        {"model": "default/credit", "batch_id": "l-17", "received": 1, "duplicate": false, "matched": 1, "waiting": 0, "repeated": 0, "conflicting": []}
        """;

    public const string Settings = """
        {"task": "binary", "positive": "approve", "features": {"age": {"type": "numeric"}, "job": {"type": "categorical"}},
         "reference": {"mode": "first", "rows": 5000}, "windows": ["1h", "24h", "7d"], "thresholds": {"psi": [0.1, 0.2, 0.3]},
         "segments": ["region"], "validation": "lenient"}
        """;

    public const string Model = """
        {"model": "default/credit", "status": "monitoring", "plan": 4, "rows": 120000, "last_ingest": "2026-11-20T12:00:00Z",
         "created_at": "2026-10-01T08:00:00Z", "settings": {"task": "binary", "positive": "approve", "windows": ["1h", "24h", "7d"]}, "task": "binary",
         "columns": [{"name": "age", "role": "feature", "type": "numeric"}, {"name": "job", "role": "feature", "type": "categorical"}]}
        """;

    public const string Models = """
        {"tenant": "default", "models": [{"name": "credit", "status": "monitoring", "rows": 120000, "last_ingest": "2026-11-20T12:00:00Z",
         "reported_at": "2026-11-20T12:00:01Z", "drift_open": true}]}
        """;

    public const string Pin = """{"from": "2026-11-01T00:00:00Z", "to": "2026-11-08T00:00:00Z"}""";

    public const string Reference = """
        {"model": "default/credit", "mode": "pinned", "status": "monitoring", "plan": 5, "rows": 48000, "from": "2026-11-01T00:00:00Z",
         "to": "2026-11-08T00:00:00Z", "fixed_at": "2026-11-20T12:00:00Z", "warnings": []}
        """;

    public const string Verdict = """
        {"model": "default/credit", "window": "24h", "evaluated_at": "2026-11-20T12:00:00Z", "rows": 12000, "reference_rows": 5000, "plan": 4,
         "status": "ok", "severity": "moderate", "drift_detected": true, "kl": 0.16, "psi": 0.21, "js": 0.12, "combined_score": 0.55,
         "drifted_columns": 1, "columns": 14, "reference_accuracy": 0.91, "current_accuracy": 0.88,
         "features": [{"name": "age", "role": "feature", "type": "numeric", "severity": "moderate", "drifted": true, "share": 0.61, "psi": 0.21,
          "kl": 0.16, "js": 0.12, "p_value": 1e-30, "q_value": 1e-29, "missing": 0.0, "unseen": 0.0, "out_of_range": 0.001}]}
        """;

    public const string History = """
        {"model": "default/credit", "days": 7, "from": "2026-11-13T12:00:00Z", "entries": [{"timestamp": "2026-11-20T12:00:00Z",
         "model": "default/credit", "window": "24h", "kl_divergence": 0.16, "psi": 0.21, "js": 0.12, "baseline_accuracy": 0.91,
         "current_accuracy": 0.88, "combined_score": 0.55, "drift_detected": true, "severity": "moderate", "rows": 12000}]}
        """;

    public const string Feature = """
        {"model": "default/credit", "window": "24h", "bins": [{"to": 25, "reference": 500, "current": 900, "reference_share": 0.1, "current_share": 0.18},
         {"from": 25, "to": 31, "reference": 500, "current": 480, "reference_share": 0.1, "current_share": 0.096}],
         "reference": {"count": 5000, "mean": 41.2, "standard_deviation": 12.1, "minimum": 18, "maximum": 87},
         "current": {"count": 5000, "mean": 36.9, "standard_deviation": 12.8, "minimum": 17, "maximum": 88}}
        """;

    public const string Performance = """{"model": "default/credit", "window": "24h", "task": "binary"}""";

    public const string Quality = """{"model": "default/credit", "window": "24h"}""";

    public const string Segments = """
        {"model": "default/credit", "segments": [{"model": "default/credit", "window": "24h", "segment": "region=eu",
         "evaluated_at": "2026-11-20T12:00:00Z", "rows": 4000, "reference_rows": 1700, "plan": 4, "status": "ok", "severity": "critical",
         "drift_detected": true, "psi": 0.41, "drifted_columns": 2, "columns": 14, "features": []}]}
        """;

    public const string Events = """
        id: 17
        event: severity
        data: {"number":17,"at":"2026-11-20T12:00:00Z","kind":"severity","window":"24h","severity":"moderate","previous":"none","columns":["age"]}


        """;

    public const string Summary = """
        {"tenant": "default", "timestamp": "2026-11-20T12:00:00Z", "totals": {"models": 1, "learning": 0, "monitoring": 1, "drifted": 1,
         "drift_open": 1, "insufficient": 0, "warning": 0, "moderate": 1, "critical": 0, "failed": 0, "rows": 120000},
         "models": [{"name": "credit", "model": "default/credit", "status": "monitoring", "rows": 120000, "last_ingest": "2026-11-20T12:00:00Z",
         "drift_open": true, "window": "1h", "evaluated_at": "2026-11-20T12:00:00Z", "verdict_status": "ok", "severity": "moderate",
         "drift_detected": true, "psi": 0.21, "kl_divergence": 0.16, "js": 0.12, "combined_score": 0.55, "drifted_columns": 1, "columns": ["age"]}]}
        """;

    public const string Metrics = """
        {"tenant": "default", "days": 7, "from": "2026-11-13T12:00:00Z", "count": 1, "metrics": [{"timestamp": "2026-11-20T12:00:00Z",
         "model": "default/credit", "window": "24h", "kl_divergence": 0.16, "psi": 0.21, "drift_detected": true, "severity": "moderate", "rows": 12000}]}
        """;

    public const string Alert = """
        {"id": "8bd86ae5f055c315fa30bc86824b7794", "tenant": "default", "kind": "drift", "model": "credit", "window": "1h", "severity": "critical",
         "summary": "Critical drift of credit in the last 1h: age, PSI 0.41.", "columns": ["age"], "values": {"psi": 0.41, "kl": 0.33, "rows": 12000},
         "sequence": 1, "opened_at": "2026-11-20T12:00:00Z", "updated_at": "2026-11-20T12:00:00Z", "silenced": false,
         "acknowledgement": {"by": "ada", "at": "2026-11-20T12:05:00Z", "severity": "critical", "note": "the new form sends years"}, "state": "acknowledged"}
        """;

    public const string Alerts = $$"""
        {"tenant": "default", "count": 1, "alerts": [{{Alert}}]}
        """;

    public const string Acknowledge = """{"by": "ada", "note": "the new form sends years"}""";

    public const string SilenceRequest = """
        {"model": "credit", "kind": "drift", "feature": "age", "max_severity": "moderate", "ends_at": "2026-11-21T09:00:00Z", "created_by": "ada",
         "reason": "a campaign for students until tomorrow"}
        """;

    public const string Silence = """
        {"id": "019a9d1f3c0a7c6e8a55b1d6f1f0c0de", "tenant": "default", "model": "credit", "kind": "drift", "feature": "age", "max_severity": "moderate",
         "starts_at": "2026-11-20T12:00:00Z", "ends_at": "2026-11-21T09:00:00Z", "created_by": "ada", "reason": "a campaign for students until tomorrow"}
        """;

    public const string Silences = $$"""
        {"tenant": "default", "count": 1, "silences": [{{Silence}}]}
        """;

    public const string Outbox = """
        {"tenant": "default", "count": 1, "messages": [{"id": "8bd86ae5f055c315fa30bc86824b7794.1.pager", "kind": "alert", "destination": "pager",
         "subject": "8bd86ae5f055c315fa30bc86824b7794", "state": "dead", "attempts": 33, "created_at": "2026-11-20T12:00:00Z",
         "settled_at": "2026-11-21T12:00:00Z", "last_error": "answered 503"}]}
        """;

    public const string OutboxMessage = """
        {"id": "8bd86ae5f055c315fa30bc86824b7794.1.pager", "kind": "alert", "destination": "pager", "subject": "8bd86ae5f055c315fa30bc86824b7794",
         "state": "pending", "attempts": 33, "created_at": "2026-11-20T12:00:00Z", "next_attempt_at": "2026-11-21T13:00:00Z",
         "last_error": "answered 503", "payload": {"type": "alert.opened", "timestamp": "2026-11-20T12:00:00Z",
         "data": {"id": "8bd86ae5f055c315fa30bc86824b7794", "state": "open", "severity": "critical", "sequence": 1}}}
        """;

    public const string GpuReports = """
        {"reports": [{"at": "2026-11-20T12:00:00Z", "source": "agent-4711-5d0c1f2a", "state": "ok", "driver_version": "560.35.03", "gpus": [{"index": 0, "uuid": "GPU-5fd1a5c2-0000-0000-0000-000000000000", "model": "NVIDIA H100 80GB HBM3",
         "device": "nvidia0", "pci_bus_id": "00000000:3B:00.0", "state": "present", "state_since": "2026-11-20T08:00:00Z", "utilization_percent": 87,
         "memory_total_bytes": 85520809984, "memory_used_bytes": 68719476736, "memory_free_bytes": 16217276416, "temperature_celsius": 61,
         "power_watts": 540.2, "power_limit_watts": 700, "xid_errors": 0, "throttle_mask": 4, "throttle_reasons": ["sw_power_cap"],
         "missing": {"memory_temperature_celsius": "not_supported"}}]}]}
        """;

    public const string Telemetry = """
        {"batch_id": "t-1", "source": "vllm-0", "samples": [{"model": "support", "adapter": "v3", "requests": 3, "errors": 1,
         "tokens": {"prompt": 420, "completion": 96}, "cache": {"hits": 2, "misses": 1}, "latency_ms": [310, 290.5, 1200], "inference_ms": [280, 260],
         "queue_depth": 4, "batch_size": 8, "memory_bytes": 17179869184}]}
        """;

    public const string TelemetryReceipt = """{"batch_id": "t-1", "accepted": 1, "duplicate": false}""";

    public const string MlflowDelivery = """
        {"entity": "model_version_alias", "action": "created", "timestamp": "2026-11-20T12:00:00+00:00",
         "data": {"name": "support-lora", "alias": "challenger", "version": "3"}}
        """;

    public const string MlflowReceipt = """
        {"delivery_id": "6f1c…", "outcome": "done", "base_model": "meta-llama/Llama-3-8B", "version": "v3", "state": "loading", "role": "canary"}
        """;

    public const string GpuReceipt = """{"accepted": 1, "ignored": 0}""";

    public const string Gpus = """
        {"nodes": [{"node": "gpu-7", "silent": false, "reported_at": "2026-11-20T12:00:00Z", "state": "ok", "driver_version": "560.35.03",
         "gpus": [{"index": 0, "uuid": "GPU-5fd1a5c2-0000-0000-0000-000000000000", "model": "NVIDIA H100 80GB HBM3",
         "device": "nvidia0", "pci_bus_id": "00000000:3B:00.0", "state": "present", "state_since": "2026-11-20T08:00:00Z", "utilization_percent": 87,
         "memory_total_bytes": 85520809984, "memory_used_bytes": 68719476736, "memory_free_bytes": 16217276416, "temperature_celsius": 61,
         "power_watts": 540.2, "power_limit_watts": 700, "xid_errors": 0, "throttle_mask": 4, "throttle_reasons": ["sw_power_cap"]}]}]}
        """;

    public const string GpuNode = """
        {"node": "gpu-7", "silent": false, "reported_at": "2026-11-20T12:00:00Z", "state": "ok", "driver_version": "560.35.03",
         "gpus": [{"index": 0, "uuid": "GPU-5fd1a5c2-0000-0000-0000-000000000000", "model": "NVIDIA H100 80GB HBM3",
         "device": "nvidia0", "pci_bus_id": "00000000:3B:00.0", "state": "present", "state_since": "2026-11-20T08:00:00Z", "utilization_percent": 87,
         "memory_total_bytes": 85520809984, "memory_used_bytes": 68719476736, "memory_free_bytes": 16217276416, "temperature_celsius": 61,
         "power_watts": 540.2, "power_limit_watts": 700, "xid_errors": 0, "throttle_mask": 4, "throttle_reasons": ["sw_power_cap"],
         "processes": [{"pid": 4711, "kind": "compute", "memory_used_bytes": 68585259008}], "missing": {"memory_temperature_celsius": "not_supported"}}]}
        """;

    public const string GpuHistory = """
        {"node": "gpu-7", "resolution": "minute", "from": "2026-11-20T10:00:00Z", "samples": [{"timestamp": "2026-11-20T11:59:00Z",
         "uuid": "GPU-5fd1a5c2-0000-0000-0000-000000000000", "index": 0, "samples": 60, "utilization_percent": 84.2, "utilization_percent_max": 100,
         "temperature_celsius": 60.4, "temperature_celsius_max": 63, "power_watts": 532.8, "throttled": 0}]}
        """;

    public const string Exposition = """
        # HELP drift_ingest_rows_total Rows of predictions that were made durable and counted.
        # TYPE drift_ingest_rows_total counter
        drift_ingest_rows_total{model="credit",tenant="default"} 120000

        """;

    public const string Health = """{"status": "healthy", "checks": {"lifetime": "healthy", "storage": "healthy"}}""";

    public const string Index = """
        {"name": "Orleans.Drift", "version": "0.1.0", "links": {"openapi": "/openapi/v1.json", "models": "/v1/models", "summary": "/drift/summary",
         "metrics": "/metrics", "ready": "/health/ready"}}
        """;
}
