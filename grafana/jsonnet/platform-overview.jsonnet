local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

local models = lib.models;
local rate(metric, by='', more='') = 'sum by (%s) (rate(%s{%s%s}[$__rate_interval]))' % [by, metric, models, more];
local latency(q, metric='prediction_latency_seconds', by='') = 'histogram_quantile(%s, sum by (le%s) (rate(%s_bucket{%s}[$__rate_interval])))' % [q, by, metric, models];
// Requests that failed, as a share: 0 while there are requests and none failed.
local errors = '(%s or 0 * %s) / (%s > 0)' % [rate('inference_requests_total', more=',outcome="error"'), rate('inference_requests_total'), rate('inference_requests_total')];
local platform = 'sum(rate(api_requests_total[$__rate_interval]) > 0)';
// A GPU's series come from the one host that has its node's actor.
local gpu(metric) = 'max by (hostname, gpu) (%s)' % metric;
local gpuName = '{{hostname}} {{gpu}}';

lib.dashboard(
  'platform-overview',
  'Drift: serving',
  'How models are served: latency, errors, tokens, caches, queues, adapters, and the GPUs below.',
  [v.servedTenant, v.servedModel],
  [
    lib.row('Now'),
    lib.gauge('P99 latency', 'From a request to its answer: above 1 s users wait, above 1.5 s they leave.', lib.instant(latency('0.99'), 'P99'), t.latency, max=3, w=4) + lib.unit('s', 2),
    lib.gauge('P95 latency', 'From a request to its answer.', lib.instant(latency('0.95'), 'P95'), t.latency, max=3, w=4) + lib.unit('s', 2),
    lib.gauge('P50 latency', 'From a request to its answer.', lib.instant(latency('0.5'), 'P50'), t.latency, max=3, w=4) + lib.unit('s', 2),
    lib.gauge('Error rate', 'Requests that failed, as a share of those that telemetry tells of.', lib.instant(errors, 'errors'), t.errors, max=0.1, w=4) + lib.unit('percentunit', 1),
    lib.gauge('GPU load', 'The busiest GPU.', lib.instant('max(DCGM_FI_DEV_GPU_UTIL)', 'GPU'), t.gpu, max=100, w=4) + lib.unit('percent', 0),
    lib.gauge('Cache hit rate', 'Answers that a cache had, as a share of those it was asked for.', lib.instant('sum(rate(cache_hits_total{%s}[$__rate_interval])) / (sum(rate(cache_hits_total{%s}[$__rate_interval])) + sum(rate(cache_misses_total{%s}[$__rate_interval])))' % [models, models, models], 'hits'), t.falling(0.5, 0.25, 0.1), w=4) + lib.unit('percentunit', 0),

    lib.row('Requests'),
    lib.graph('Latency', 'From a request to its answer, from rows and telemetry; the lines are at 1 s and 1.5 s.', [
      lib.range(latency('0.99'), 'P99'),
      lib.range(latency('0.95'), 'P95'),
      lib.range(latency('0.5'), 'P50'),
    ], t.latency, w=8) + lib.unit('s', 2),
    lib.graph('Inference time', 'That the model itself took.', [
      lib.range(latency('0.99', 'model_inference_time_seconds'), 'P99'),
      lib.range(latency('0.5', 'model_inference_time_seconds'), 'P50'),
    ], w=8) + lib.unit('s', 2),
    lib.graph('Errors', 'Requests that failed, as a share, by model; the lines are at 1 % and 5 %.', [
      lib.range('(%s or 0 * %s) / (%s > 0)' % [rate('inference_requests_total', 'model', ',outcome="error"'), rate('inference_requests_total', 'model'), rate('inference_requests_total', 'model')]),
    ], t.errors, w=8) + lib.unit('percentunit', 2),
    lib.graph('Requests served', 'Per second, that telemetry tells of, by outcome.', [lib.range(rate('inference_requests_total', 'outcome'), '{{outcome}}')], w=8) + lib.unit('reqps', 1),
    lib.graph('Predictions of a day', 'Rows in the last 24 hours, by model.', [lib.range('sum by (model) (increase(daily_predictions_total{%s}[24h]))' % models)], w=8) + lib.unit('short', 0),
    lib.graph('Latency of adapters', '95th percentile, by model and adapter; without a name the base model.', [lib.range(latency('0.95', by=', model, adapter'), '{{model}} {{adapter}}')], t.latency, w=8) + lib.unit('s', 2),

    lib.row('Tokens, caches and queues'),
    lib.graph('Tokens', 'Per second, by type.', [lib.range(rate('inference_tokens_total', 'type'), '{{type}}')], w=8) + lib.stacked + lib.unit('short', 0),
    lib.graph('Cache', 'Answers per second that a cache had, and had not.', [
      lib.range('sum(rate(cache_hits_total{%s}[$__rate_interval]))' % models, 'hits'),
      lib.range('sum(rate(cache_misses_total{%s}[$__rate_interval]))' % models, 'misses'),
    ], w=8) + lib.unit('ops', 1),
    lib.graph('Queue depth', 'Requests that wait, by model and server.', [lib.range('max by (model, source) (inference_queue_depth{%s})' % models, '{{model}} {{source}}')], w=8) + lib.unit('short', 0),
    lib.graph('Batch size', 'Requests that are computed together.', [lib.range('max by (model, source) (inference_batch_size{%s})' % models, '{{model}} {{source}}')], w=8) + lib.unit('short', 0),
    lib.graph('Memory of models', 'Where they are served.', [lib.range('max by (model, source) (model_memory_usage_bytes{%s})' % models, '{{model}} {{source}}')], w=8) + lib.unit('bytes', 0),
    lib.graph('Values not counted', 'Latencies, tokens and cache words that cannot be, and servers beyond the most of a model, per second.', [lib.range('sum by (what) (rate(drift_serving_values_ignored_total{%s}[$__rate_interval]))' % models, '{{what}}')], w=8) + lib.unit('ops', 2),

    lib.row('Adapters'),
    lib.graph('Adapters at work', 'On vLLM servers: how many have requests that run and that wait.', [lib.range('count by (target, state) (max by (target, adapter, state) (drift_vllm_adapter_requests))', '{{target}} {{state}}'), lib.range('max by (target) (drift_vllm_adapters_max)', '{{target}} most')], w=8) + lib.unit('short', 0),
    lib.graph('vLLM servers', 'Whether their metrics can be read: 1 they can.', [lib.range('min by (target) (drift_vllm_up)', '{{target}}')], w=8) + lib.unit('short', 0) + lib.between(0, 1),
    lib.graph('vLLM readings', 'Per second, by outcome.', [lib.range('sum by (target, outcome) (rate(drift_vllm_polls_total[$__rate_interval]))', '{{target}} {{outcome}}')], w=8) + lib.unit('ops', 2),
    lib.graph('Deployments', 'Attempts to load and unload adapters per second: failed is tried again, given up waits for a person.', [lib.range('sum by (deployer, action, outcome) (rate(drift_deployments_total[$__rate_interval]))', '{{deployer}} {{action}} {{outcome}}')], w=24) + lib.unit('ops', 2),

    lib.row('GPUs'),
    lib.graph('GPU utilization', 'Share of time in which the GPU worked; the lines are at 70, 85 and 95 %. Empty where no GPUs are.', [lib.range(gpu('DCGM_FI_DEV_GPU_UTIL'), gpuName)], t.gpu, w=8) + lib.unit('percent', 0) + lib.between(0, 100),
    lib.graph('GPU memory', 'Share in use.', [lib.range(gpu('DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)'), gpuName)], w=8) + lib.unit('percentunit', 0) + lib.between(0, 1),
    lib.graph('GPU temperature', 'Above 85 °C a board slows itself down soon.', [lib.range(gpu('DCGM_FI_DEV_GPU_TEMP'), gpuName)], w=8) + lib.unit('celsius', 0),

    lib.row('This platform'),
    lib.graph('API requests', 'Per second, by status.', [lib.range('sum by (status) (rate(api_requests_total[$__rate_interval]))', '{{status}}')], w=8) + lib.unit('reqps', 1),
    lib.graph('API latency', 'Of the API’s routes.', [
      lib.range('histogram_quantile(0.99, sum by (le) (rate(api_request_duration_seconds_bucket[$__rate_interval])))', 'P99'),
      lib.range('histogram_quantile(0.5, sum by (le) (rate(api_request_duration_seconds_bucket[$__rate_interval])))', 'P50'),
    ], t.latency, w=8) + lib.unit('s', 2),
    lib.graph('API errors', 'Requests that were answered 5xx, as a share; the lines are at 1 % and 5 %.', [lib.range('(sum(rate(api_requests_total{status=~"5.."}[$__rate_interval])) or 0 * %s) / %s' % [platform, platform], 'errors')], t.errors, w=8) + lib.unit('percentunit', 2),
    lib.graph('Requests in progress', 'All nodes.', [lib.range('sum(api_active_requests)', 'requests')], w=8) + lib.unit('short', 0),
    lib.graph('All HTTP requests', 'Per second, probes and scrapes included, by status.', [lib.range('sum by (status) (rate(http_requests_total[$__rate_interval]))', '{{status}}')], w=8) + lib.unit('reqps', 1),
    lib.graph('All HTTP latency', 'Probes and scrapes included.', [lib.range('histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))', 'P99')], w=8) + lib.unit('s', 2),
  ],
)
