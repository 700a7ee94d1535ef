// The dashboards of KL divergence and PSI differ in their statistic, its thresholds and its name only.
local lib = import 'lib.libsonnet';

{
  panels(name, metric, column, thresholds, max, levels):: {
    local worst = 'max(%s{%s})' % [metric, lib.window],
    head: [
      lib.gauge('%s now' % name, 'The highest of the selected models. %s' % levels, lib.instant(worst, name), thresholds, max, w=6, h=6) + lib.unit('short', 3),
      lib.stat('Status', 'Severity that the value alone would have.', lib.instant(worst, 'status'), thresholds, w=6, h=6) + {
        fieldConfig+: { defaults+: { mappings: [
          { type: 'range', options: { from: null, to: thresholds.steps[1].value, result: { text: 'quiet', color: 'green', index: 0 } } },
          { type: 'range', options: { from: thresholds.steps[1].value, to: thresholds.steps[2].value, result: { text: 'warning', color: 'yellow', index: 1 } } },
          { type: 'range', options: { from: thresholds.steps[2].value, to: thresholds.steps[3].value, result: { text: 'moderate', color: 'orange', index: 2 } } },
          { type: 'range', options: { from: thresholds.steps[3].value, to: null, result: { text: 'critical', color: 'red', index: 3 } } },
        ] } },
      },
      lib.stat('Average of 7 days', 'Mean of all evaluations of the last 7 days.', lib.table(|||
        select avg(%s) as average from drift_metrics where %s
      ||| % [column, lib.rowsOfModels]), thresholds, w=6, h=6) + lib.last('7d') + lib.unit('short', 3),
      lib.stat('Evaluations with drift, 7 days', 'Stored evaluations of the last 7 days at or above the first threshold that also found drift.', lib.table(|||
        select count(*) filter (where drift_detected and %s >= %s) as events from drift_metrics where %s
      ||| % [column, thresholds.steps[1].value, lib.rowsOfModels]), lib.thresholds.events, w=6, h=6) + lib.last('7d') + lib.unit('short', 0),
      lib.graph('%s, live' % name, 'Worst column of each model at every scrape (Prometheus).', [
        lib.range('max by (model) (%s{%s})' % [metric, lib.window]),
      ], thresholds, h=9) + lib.unit('short', 3) + { fieldConfig+: { defaults+: { min: 0 } } },
      lib.graph('%s, 7 days' % name, 'Mean per interval of the stored evaluations (PostgreSQL).', [lib.series(|||
        select $__timeGroupAlias(timestamp, $__interval), model as metric, avg(%s) as value
        from drift_metrics
        where %s
        group by 1, 2
        order by 1
      ||| % [column, lib.rowsOfModels])], thresholds, h=9) + lib.last('7d') + lib.unit('short', 3) + { fieldConfig+: { defaults+: { min: 0 } } },
    ],
    recent: lib.grid('Recent evaluations', 'The latest stored evaluations, newest first.', [lib.table(|||
      select timestamp as time, tenant, model, severity, %s, combined_score, "rows"
      from drift_metrics
      where %s
      order by timestamp desc
      limit 100
    ||| % [column, lib.rowsOfModels])], w=12, h=9) + lib.severity() + lib.coloured(column, thresholds) + lib.coloured('combined_score', lib.thresholds.combined),
    heatmap: lib.heatmap('Features', 'Mean %s of each feature per interval, worst of the selected models (PostgreSQL).' % name, lib.series(|||
      select $__timeGroupAlias(timestamp, $__interval), feature as metric, max(%s) as value
      from feature_drift
      where %s
      group by 1, 2
      order by 1
    ||| % [column, lib.rowsOfFeatures]), max, w=12, h=9) + lib.last('7d'),
  },
}
