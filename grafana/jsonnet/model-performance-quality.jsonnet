local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

local share(metric, title, description) = lib.stat(title, description, lib.instant('min(%s{%s})' % [metric, lib.models], title), t.accuracy) + lib.unit('percentunit', 1);
local api = 'http_route=~"/v1/.*"';

lib.dashboard(
  'model-performance-quality',
  'Model performance and quality',
  'How well the models predict, whether their data are sound, and how the monitor serves them. First window of each model.',
  [v.tenant, v.model, v.feature],
  [
    lib.row('Performance'),
    share('model_accuracy', 'Accuracy', 'The lowest of the selected models; needs labels.'),
    share('model_precision', 'Precision', 'The lowest of the selected models: of the positive class, or the mean over classes.'),
    share('model_recall', 'Recall', 'The lowest of the selected models, likewise.'),
    share('model_f1_score', 'F1', 'The lowest of the selected models, likewise.'),
    lib.stat('Features drifted', 'Columns in drift, all selected models.', lib.instant('sum(max by (tenant, model, feature) (data_drift_detected{%s}))' % lib.features, 'features'), t.rising(1, 3, 5)),
    lib.stat('Data quality', 'The lowest score of the selected models; 1 is as sound as the reference.', lib.instant('min(data_quality_score{%s})' % lib.models, 'score'), t.quality) + lib.unit('percentunit', 1),
    lib.graph('Accuracy and F1', 'Per model.', [
      lib.range('max by (model) (model_accuracy{%s})' % lib.models, '{{model}} accuracy'),
      lib.range('max by (model) (model_f1_score{%s})' % lib.models, '{{model}} F1'),
    ]) + lib.unit('percentunit', 0),
    lib.graph('Precision and recall', 'Per model.', [
      lib.range('max by (model) (model_precision{%s})' % lib.models, '{{model}} precision'),
      lib.range('max by (model) (model_recall{%s})' % lib.models, '{{model}} recall'),
    ]) + lib.unit('percentunit', 0),

    lib.row('Features'),
    lib.pie('Drifted or not', 'Columns of the selected models.', [
      lib.instant('sum(max by (tenant, model, feature) (data_drift_detected{%s}))' % lib.features, 'drifted'),
      lib.instant('sum(1 - max by (tenant, model, feature) (data_drift_detected{%s}))' % lib.features, 'not drifted'),
    ], { drifted: 'red', 'not drifted': 'green' }, w=6, h=6),
    lib.graph('p-values', 'Adjusted over all columns of a model; the ten smallest. A column drifts only below 0.01.', [
      lib.worst(10, 'bottomk', 'model, feature', 'data_drift_pvalue', lib.features, '{{model}} {{feature}}'),
    ], t.falling(0.1, 0.05, 0.01), w=9, h=9) + lib.unit('short', 3) + lib.between(0, 1),
    lib.grid('p-values now', 'Smallest first.', [
      lib.rows('sort(bottomk(100, max by (model, feature) (data_drift_pvalue{%s})))' % lib.features),
    ], w=9, h=9) + lib.columnsOf(['model', 'feature'], { Value: 'p-value' }) + lib.coloured('p-value', t.falling(0.1, 0.05, 0.01), 'sci', 2),
    lib.stat('Columns without series', 'Columns beyond Drift:Metrics:MaxFeatureSeries; they are evaluated, but not shown here.', lib.instant('sum(max by (tenant, model) (drift_feature_series_left_out{%s}))' % lib.models, 'columns'), t.rising(1, 1e3, 1e4), w=6, h=3),

    lib.row('Data quality'),
    lib.graph('Completeness', 'Share of rows with a value; the ten worst columns.', [
      lib.worst(10, 'bottomk', 'model, column', 'data_completeness', lib.columns, '{{model}} {{column}}'),
    ], w=8) + lib.unit('percentunit', 1) + { fieldConfig+: { defaults+: { max: 1 } } },
    lib.graph('Missing values', 'Rows of the window without a value; the ten worst columns.', [
      lib.worst(10, 'topk', 'model, column', 'missing_values_count', lib.columns, '{{model}} {{column}}'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('Outliers', 'Values outside Q1 − 3·IQR to Q3 + 3·IQR of the reference; the ten worst columns.', [
      lib.worst(10, 'topk', 'model, column', 'outliers_count', lib.columns, '{{model}} {{column}}'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('Quality score', 'Per model; 1 is as sound as the reference.', [lib.range('max by (model) (data_quality_score{%s})' % lib.models)], t.quality, w=8) + lib.unit('percentunit', 1),

    lib.graph('Predictions per second', 'Rows that counted, per model.', [lib.range('sum by (model) (rate(drift_ingest_rows_total{%s}[$__rate_interval]))' % lib.models)], w=8) + lib.unit('rowsps', 0),
    lib.barGauge('Distribution of predictions', 'Rows per bucket of score, or of the number predicted where there is no score, in the time shown.',
                 lib.instant('sum by (le) (increase(prediction_value_distribution_bucket{%s}[$__range]))' % lib.models, '{{le}}') { format: 'heatmap' }, w=8),

    lib.row('Serving'),
    lib.graph('Requests per second', 'By route.', [lib.range('sum by (http_route) (rate(http_server_request_duration_seconds_count{%s}[$__rate_interval]))' % api, '{{http_route}}')], w=8) + lib.unit('reqps', 1),
    lib.graph('Latency', 'Of requests to the API.', [
      lib.range('histogram_quantile(%s, sum by (le) (rate(http_server_request_duration_seconds_bucket{%s}[$__rate_interval])))' % [q, api], 'p' + std.strReplace(std.toString(q * 100), '.0', ''))
      for q in [0.5, 0.9, 0.99]
    ], w=8) + lib.unit('s', 1),
    lib.graph('Requests in progress', 'All nodes.', [lib.range('sum by (http_request_method) (http_server_active_requests)', '{{http_request_method}}')], w=8) + lib.unit('short', 0),
  ],
  
)
