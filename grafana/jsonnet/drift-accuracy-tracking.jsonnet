local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

local lowEvents = 'select count(*) filter (where current_accuracy < 0.80) as events from drift_metrics where %s and current_accuracy is not null' % lib.rowsOfModels;

lib.dashboard(
  'drift-accuracy-tracking',
  'Drift: accuracy',
  'Accuracy on the reference against now; needs labels. Warning below 80 %, moderate below 75 %, critical below 70 %.',
  [v.tenant, v.model, v.window],
  [
    lib.gauge('Accuracy on the reference', 'The lowest of the selected models.', lib.instant('min(drift_baseline_accuracy{%s})' % lib.window, 'reference'), t.accuracy) + lib.unit('percentunit', 1),
    lib.gauge('Accuracy now', 'The lowest of the selected models.', lib.instant('min(drift_current_accuracy{%s})' % lib.window, 'now'), t.accuracy) + lib.unit('percentunit', 1),
    lib.stat('Largest loss', 'Now less reference, of the model that lost most.', lib.instant('min(max by (tenant, model) (drift_current_accuracy{%s}) - max by (tenant, model) (drift_baseline_accuracy{%s}))' % [lib.window, lib.window], 'delta'), t.delta, w=6, h=6) + lib.unit('percentunit', 1),
    lib.stat('Evaluations below 80 %, 7 days', 'Stored evaluations of the last 7 days with low accuracy.', lib.table(lowEvents), t.events, w=6, h=6) + lib.last('7d') + lib.unit('short', 0),

    lib.graph('Reference against now, live', 'At every scrape (Prometheus).', [
      lib.range('max by (model) (drift_current_accuracy{%s})' % lib.window, '{{model}} now'),
      lib.range('max by (model) (drift_baseline_accuracy{%s})' % lib.window, '{{model}} reference'),
    ], t.accuracy, h=9) + lib.unit('percentunit', 0),
    lib.graph('Reference against now, 7 days', 'Mean per interval of the stored evaluations (PostgreSQL).', [
      lib.series(|||
        select $__timeGroupAlias(timestamp, $__interval), model || ' now' as metric, avg(current_accuracy) as value
        from drift_metrics
        where %s and current_accuracy is not null
        group by 1, 2
        order by 1
      ||| % lib.rowsOfModels),
      lib.series(|||
        select $__timeGroupAlias(timestamp, $__interval), model || ' reference' as metric, avg(baseline_accuracy) as value
        from drift_metrics
        where %s and baseline_accuracy is not null
        group by 1, 2
        order by 1
      ||| % lib.rowsOfModels),
    ], t.accuracy, h=9) + lib.last('7d') + lib.unit('percentunit', 0),

    lib.bars('Mean accuracy per day, 30 days', 'Of all selected models.', lib.table(|||
      select to_char(date_trunc('day', timestamp), 'MM-DD') as day, avg(current_accuracy) as accuracy
      from drift_metrics
      where %s and current_accuracy is not null
      group by date_trunc('day', timestamp)
      order by date_trunc('day', timestamp)
    ||| % lib.rowsOfModels), t.accuracy, w=24, h=8) + lib.last('30d') + lib.unit('percentunit', 0) + lib.between(0, 1),

    lib.graph('Loss of accuracy, live', 'Reference less now; above 0 the model got worse.', [
      lib.range('max by (model) (drift_baseline_accuracy{%s}) - max by (model) (drift_current_accuracy{%s})' % [lib.window, lib.window]),
    ], t.rising(0.02, 0.05, 0.1), h=9) + lib.unit('percentunit', 1),
    lib.grid('Lowest accuracy, 7 days', 'The worst stored evaluations of the last 7 days.', [lib.table(|||
      select timestamp as time, model, severity, baseline_accuracy, current_accuracy, current_accuracy - baseline_accuracy as delta, "rows"
      from drift_metrics
      where %s and current_accuracy is not null
      order by current_accuracy, timestamp desc
      limit 50
    ||| % lib.rowsOfModels)], w=12, h=9) + lib.last('7d') + lib.severity() + lib.override('baseline_accuracy', { unit: 'percentunit', decimals: 1 })
    + lib.coloured('current_accuracy', t.accuracy, 'percentunit', 1) + lib.coloured('delta', t.delta, 'percentunit', 1),
  ],
  lib.annotations.accuracy,
)
