local d = import 'divergence.libsonnet';
local lib = import 'lib.libsonnet';
local v = lib.variables;

local panels = d.panels('PSI', 'drift_psi', 'psi', lib.thresholds.psi, 0.6, 'Warning 0.1, moderate 0.2, critical 0.3.');

lib.dashboard(
  'drift-psi-trends',
  'Drift: PSI trends',
  'Population stability index of the worst column: live, over 7 days, and feature by feature.',
  [v.tenant, v.model, v.feature, v.window],
  panels.head + [
    panels.heatmap,
    lib.graph('Features, live', 'The ten worst columns of the selected models, first window of each (Prometheus).', [
      lib.worst(10, 'topk', 'model, feature', 'data_drift_psi', lib.features, '{{model}} {{feature}}'),
    ], lib.thresholds.psi, h=9) + lib.unit('short', 3),
    panels.recent,
    lib.bars('Evaluations with drift per day, 7 days', 'Stored evaluations of each day that found drift.', lib.table(|||
      select to_char(date_trunc('day', timestamp), 'MM-DD') as day, count(*) filter (where drift_detected) as evaluations
      from drift_metrics
      where %s
      group by date_trunc('day', timestamp)
      order by date_trunc('day', timestamp)
    ||| % lib.rowsOfModels), lib.thresholds.events, h=9) + lib.last('7d'),
  ],
  lib.annotations.drift,
)
