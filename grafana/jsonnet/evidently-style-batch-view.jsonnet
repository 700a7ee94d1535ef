local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

local rows = "split_part(model_name, '/', 1) in (${tenant:sqlstring}) and split_part(model_name, '/', 2) in (${model:sqlstring}) and $__timeFilter(timestamp)";
local over(value) = lib.series(|||
  select $__timeGroupAlias(timestamp, $__interval), model_name as metric, %s as value
  from ml_metrics
  where %s
  group by 1, 2
  order by 1
||| % [value, rows]);

lib.dashboard(
  'evidently-batch-view',
  'Drift: batch view',
  'The table ml_metrics, one row per evaluation, in the shape that batch monitoring dashboards have.',
  [v.batchTenant, v.batchModel],
  [
    lib.stat('Prediction drift', 'Highest PSI of a prediction column in the time shown.', lib.table('select max(prediction_drift) as psi from ml_metrics where %s' % rows), t.psi, w=6) + lib.unit('short', 3),
    lib.stat('Drifted columns', 'Most columns that drifted in one evaluation.', lib.table('select max(num_drifted_columns) as columns from ml_metrics where %s' % rows), t.rising(1, 3, 5), w=6),
    lib.stat('Missing values', 'Highest mean share of missing values over the columns.', lib.table('select max(share_missing_values) as share from ml_metrics where %s' % rows), t.rising(0.01, 0.05, 0.1), w=6) + lib.unit('percentunit', 1),
    lib.stat('Evaluations with dataset drift', 'At least half of the columns drifted.', lib.table('select count(*) filter (where dataset_drift) as evaluations from ml_metrics where %s' % rows), t.events, w=6),
    lib.graph('Prediction drift', 'PSI of the prediction column, highest per interval.', [over('max(prediction_drift)')], t.psi) + lib.unit('short', 3),
    lib.graph('Drifted columns', 'Most per interval.', [over('max(num_drifted_columns)')]) + lib.unit('short', 0),
    lib.graph('Share of missing values', 'Mean over the columns, highest per interval.', [over('max(share_missing_values)')], t.rising(0.01, 0.05, 0.1)) + lib.unit('percentunit', 1),
    lib.graph('Drift score', 'Combined score, highest per interval.', [over('max(drift_score)')], t.combined) + lib.unit('short', 2) + lib.between(0, 1),
    lib.graph('Share of evaluations with dataset drift', 'Per interval.', [over('avg(dataset_drift::int)')], w=9, h=8) + lib.unit('percentunit', 0) + lib.between(0, 1),
    lib.grid('Latest evaluation', 'Of each model.', [lib.table(|||
      select distinct on (model_name) model_name, timestamp as time, prediction_drift, num_drifted_columns, share_missing_values, dataset_drift, drift_score
      from ml_metrics
      where %s
      order by model_name, timestamp desc, id desc
    ||| % rows)], w=15, h=8) + lib.coloured('prediction_drift', t.psi) + lib.coloured('drift_score', t.combined, decimals=2)
    + lib.override('share_missing_values', { unit: 'percentunit', decimals: 1 })
    + lib.override('dataset_drift', { 'custom.cellOptions': { type: 'color-background', mode: 'basic' }, mappings: [lib.yesNo('yes', 'no')] }),
  ],
  time='now-24h',
)
