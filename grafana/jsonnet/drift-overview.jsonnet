local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

lib.dashboard(
  'drift-overview',
  'Drift overview',
  'Which models drift now, how badly, and which features did it.',
  [v.tenant, v.model, v.feature, v.window],
  [
    lib.gauge('KL divergence', 'The highest of the selected models. Warning 0.1, moderate 0.15, critical 0.2.', lib.instant('max(drift_kl_divergence{%s})' % lib.window, 'KL'), t.kl, 0.4) + lib.unit('short', 3),
    lib.gauge('PSI', 'The highest of the selected models. Warning 0.1, moderate 0.2, critical 0.3.', lib.instant('max(drift_psi{%s})' % lib.window, 'PSI'), t.psi, 0.6) + lib.unit('short', 3),
    lib.gauge('Accuracy', 'The lowest of the selected models; needs labels. Warning below 80 %, moderate below 75 %, critical below 70 %.', lib.instant('min(drift_current_accuracy{%s})' % lib.window, 'accuracy'), t.accuracy) + lib.unit('percentunit', 1),
    lib.gauge('Combined score', 'The highest of the selected models: 0.4 KL, 0.4 PSI, 0.2 loss of accuracy, each against its critical threshold.', lib.instant('max(drift_combined_score{%s})' % lib.window, 'score'), t.combined) + lib.unit('short', 2),

    lib.graph('Combined score over time', 'Every selected model; dashed lines are warning, moderate and critical.', [lib.range('max by (model) (drift_combined_score{%s})' % lib.window)], t.combined, w=16, h=12) + lib.unit('short', 2) + lib.between(0, 1),
    lib.stat('Models', 'Models that have a verdict for the window.', lib.instant('count(max by (tenant, model) (drift_severity{%s}))' % lib.window, 'models')),
    lib.stat('In drift now', 'Models whose verdict is warning or worse.', lib.instant('count(max by (tenant, model) (drift_severity{%s}) > 0) or vector(0)' % lib.window, 'models'), t.rising(1, 2, 3)),
    lib.stat('Evaluations', 'In the time shown.', lib.instant('sum(increase(drift_checks_total{%s}[$__range]))' % lib.models, 'evaluations')) + lib.unit('short', 0),
    lib.stat('With drift', 'Evaluations in the time shown that found drift.', lib.instant('sum(increase(drift_detected_total{%s}[$__range]))' % lib.models, 'evaluations'), t.events) + lib.unit('short', 0),
    lib.stat('Evaluation time', '99th percentile of one evaluation of one window, all models.', lib.instant('histogram_quantile(0.99, sum by (le) (rate(drift_check_duration_seconds_bucket[$__rate_interval])))', 'p99')) + lib.unit('s', 1),
    lib.stat('Rows in the window', 'Rows that the verdicts of the selected models rest on.', lib.instant('sum(max by (tenant, model) (drift_window_rows{%s}))' % lib.window, 'rows')) + lib.unit('short', 0),

    lib.grid('Recent evaluations', 'The latest stored evaluations, newest first.', [lib.table(|||
      select timestamp as time, tenant, model, severity, kl_divergence, psi, js_distance, baseline_accuracy, current_accuracy, combined_score, "rows"
      from drift_metrics
      where %s
      order by timestamp desc
      limit 100
    ||| % lib.rowsOfModels)], h=10)
    + lib.severity() + lib.coloured('kl_divergence', t.kl) + lib.coloured('psi', t.psi) + lib.coloured('js_distance', t.psi)
    + lib.override('baseline_accuracy', { unit: 'percentunit', decimals: 1 }) + lib.coloured('current_accuracy', t.accuracy, 'percentunit', 1)
    + lib.coloured('combined_score', t.combined, decimals=2),

    lib.grid('Worst models now', 'Highest combined score first.', [
      lib.rows('topk(10, max by (tenant, model) (drift_combined_score{%s}))' % lib.window),
    ], w=8, h=8) + lib.columnsOf(['tenant', 'model'], { Value: 'combined score' }) + lib.coloured('combined score', t.combined, decimals=2),
    lib.grid('Worst features now', 'Highest PSI first, first window of each model.', [
      lib.rows('topk(10, max by (tenant, model, feature) (data_drift_psi{%s}))' % lib.features),
    ], w=8, h=8) + lib.columnsOf(['model', 'feature'], { Value: 'PSI' }) + lib.coloured('PSI', t.psi),
    lib.graph('Columns in drift', 'How many columns of each model drifted.', [lib.range('max by (model) (drift_columns_count{%s})' % lib.window)], w=8, h=8) + lib.unit('short', 0),
    lib.timeline('Severity', 'Verdict of each model over time.', [lib.range('max by (model) (drift_severity{%s})' % lib.window)], w=12) + lib.mapping(lib.severityNumbers),
    lib.graph('Jensen–Shannon distance', 'Of the worst column; bounded by 1, so it compares models of any kind.', [lib.range('max by (model) (drift_js_distance{%s})' % lib.window)], t.psi, h=6) + lib.unit('short', 3),

    lib.stat('Triggers', 'Fine-tuning triggers made in the time shown.', lib.instant('sum(increase(finetuning_triggers_total{%s}[$__range]))' % lib.models, 'triggers')) + lib.unit('short', 0),
    lib.stat('Triggers held back', 'Evaluations in the time shown that would have made another trigger: one was under way, or cooldown or budget forbade it.', lib.instant('sum(increase(drift_triggers_held_total{%s}[$__range]))' % lib.models, 'times')) + lib.unit('short', 0),
    lib.graph('Triggers by type', 'Made, per hour.', [lib.range('sum by (trigger_type) (rate(finetuning_triggers_total{%s}[$__rate_interval])) * 3600' % lib.models, '{{trigger_type}}')], w=8, h=8) + lib.unit('short', 2),
    lib.graph('Triggers that ended', 'Per hour, by how they ended.', [lib.range('sum by (status) (rate(drift_triggers_ended_total{%s}[$__rate_interval])) * 3600' % lib.models, '{{status}}')], w=8, h=8) + lib.unit('short', 2),
    lib.grid('Recent triggers', 'The latest made, newest first.', [lib.table(|||
      select created_at as time, tenant, model, trigger_type, status, dry_run, reason->>'summary' as reason, job_id, adapter_version, message, finished_at
      from finetuning_triggers
      where %s
      order by created_at desc
      limit 100
    ||| % lib.rowsOfTriggers)], h=8),
  ],
  lib.annotations.drift + [lib.triggered],
)
