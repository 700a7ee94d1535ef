local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

local node = 'instance=~"$node"';
local quantile(q, metric, by='') = 'histogram_quantile(%s, sum by (le%s) (rate(%s_bucket{%s}[$__rate_interval])))' % [q, by, metric, node];
local quantiles(metric) = [lib.range(quantile('0.5', metric), 'p50'), lib.range(quantile('0.99', metric), 'p99')];
local rate(metric, by='instance') = 'sum by (%s) (rate(%s{%s}[$__rate_interval]))' % [by, metric, node];
// A GPU's series come from the one host that has its node's actor.
local gpu(metric) = 'max by (hostname, gpu) (%s{%s})' % [metric, node];
local gpuName = '{{hostname}} {{gpu}}';

lib.dashboard(
  'drift-cluster',
  'Drift: the monitor itself',
  'Ingestion, journal, actors, GPUs and the platform below, node by node.',
  [v.node],
  [
    lib.row('Health'),
    lib.stat('Nodes up', 'Nodes that answered the last scrape.', lib.instant('count(up{%s} == 1)' % node, 'nodes')),
    lib.stat('Health', '1 healthy, 0 not: what /health/ready says, the worst check of the worst node.', lib.instant('min(drift_health_status{%s})' % node, 'health'), t.falling(1, 0.6, 0.4)) + lib.mapping({ type: 'value', options: { '0': { text: 'unhealthy', color: 'red', index: 0 }, '0.5': { text: 'degraded', color: 'orange', index: 1 }, '1': { text: 'healthy', color: 'green', index: 2 } } }),
    lib.stat('Rows', 'Rows per second, all nodes.', lib.instant('sum(rate(drift_ingest_rows_total{%s}[$__rate_interval]))' % node, 'rows')) + lib.unit('rowsps', 0),
    lib.stat('Models in memory', 'All nodes.', lib.instant('sum(drift_actor_activations{%s})' % node, 'models')),
    lib.stat('Journal', '99th percentile until a batch is durable.', lib.instant(quantile('0.99', 'drift_journal_flush_seconds'), 'p99'), t.rising(0.1, 0.25, 0.5)) + lib.unit('s', 1),
    lib.stat('Journal full', 'Batches that wait, as a share of those that may.', lib.instant('max(drift_journal_pending{%s} / drift_journal_limit{%s})' % [node, node], 'full'), t.rising(0.5, 0.8, 0.95)) + lib.unit('percentunit', 0),

    lib.row('Ingestion'),
    lib.graph('Rows', 'Per second and node.', [lib.range(rate('drift_ingest_rows_total'), '{{instance}}')], w=8) + lib.unit('rowsps', 0),
    lib.graph('Batches by outcome', 'Per second, all nodes.', [lib.range(rate('drift_ingest_batches_total', 'outcome'), '{{outcome}}')], w=8) + lib.unit('ops', 1),
    lib.graph('Journal', 'Time until a batch is durable.', quantiles('drift_journal_flush_seconds'), w=8) + lib.unit('s', 1),
    lib.graph('Batches per write', 'How many batches one durable write carried.', [
      lib.range('sum(rate(drift_journal_flush_entries_sum{%s}[$__rate_interval])) / sum(rate(drift_journal_flush_entries_count{%s}[$__rate_interval]))' % [node, node], 'mean'),
    ], w=8) + lib.unit('short', 1),
    lib.graph('Queues', 'Batches that wait for the database or are being written, and requests whose body waits to be read.', [
      lib.range('max by (instance) (drift_journal_pending{%s})' % node, '{{instance}} journal'),
      lib.range('max by (instance) (drift_ingest_waiting{%s})' % node, '{{instance}} bodies'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('Evaluation lag', 'From the first row that no evaluation has seen to its evaluation.', quantiles('drift_evaluation_lag_seconds'), w=8) + lib.unit('s', 2),
    lib.graph('Models per node', 'In memory.', [lib.range('sum by (instance) (drift_actor_activations{%s})' % node, '{{instance}}')], w=8) + lib.unit('short', 0),
    lib.graph('Evaluations', 'Per second, by whether a verdict could be reached.', [lib.range(rate('drift_checks_total', 'status'), '{{status}}')], w=8) + lib.unit('ops', 1),
    lib.graph('Evaluation time', 'Of one window.', quantiles('drift_check_duration_seconds'), w=8) + lib.unit('s', 2),

    lib.row('Delivery'),
    lib.graph('Attempts to deliver', 'Alerts and what else leaves the outbox, per second, all nodes: failed is tried again, dead is given up.', [lib.range(rate('drift_outbox_delivered_total', 'outcome'), '{{outcome}}')], w=8) + lib.unit('ops', 2),
    lib.graph('Outbox', 'Messages that wait, and that were given up and wait for a person; every node sees the same.', [
      lib.range('max(drift_outbox_pending{%s})' % node, 'waiting'),
      lib.range('max(drift_outbox_dead{%s})' % node, 'given up'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('Oldest message', 'How long it has waited.', [lib.range('max(drift_outbox_oldest_pending_seconds{%s})' % node, 'oldest')], w=8) + lib.unit('s', 0),

    lib.row('Limits and damage'),
    lib.graph('Refused by a limit', 'Requests per second, by the limit of their tenant; one line at 0 while none was ever refused.', [lib.range(rate('drift_ingest_limited_total', 'limit') + ' or vector(0)', '{{limit}}')], w=8) + lib.unit('reqps', 2),
    lib.graph('Models not served', 'What is stored of them is damaged.', [lib.range('sum(drift_model_refused{%s}) or vector(0)' % node, 'models')], w=8) + lib.unit('short', 0),
    lib.graph('Damage read', 'Snapshots and journal entries that were found damaged, per second; one line at 0 while none ever was.', [lib.range(rate('drift_stored_damage_total', 'what') + ' or vector(0)', '{{what}}')], w=8) + lib.unit('ops', 2),

    lib.row('HTTP'),
    lib.graph('Requests by status', 'Per second.', [lib.range(rate('http_server_request_duration_seconds_count', 'http_response_status_code'), '{{http_response_status_code}}')], w=8) + lib.unit('reqps', 1),
    lib.graph('Latency', 'All routes.', quantiles('http_server_request_duration_seconds'), w=8) + lib.unit('s', 1),
    lib.graph('Kestrel connections', 'Open, and waiting for a thread.', [
      lib.range('sum by (instance) (kestrel_active_connections{%s})' % node, '{{instance}} open'),
      lib.range('sum by (instance) (kestrel_queued_connections{%s})' % node, '{{instance}} queued'),
    ], w=8) + lib.unit('short', 0),

    lib.row('.NET'),
    lib.graph('Processor', 'Cores in use.', [lib.range(rate('dotnet_process_cpu_time_seconds_total'), '{{instance}}')], w=8) + lib.unit('short', 2),
    lib.graph('Memory', 'Working set, and the heap after the last collection; panes that lie on the shelf instead, and its file on the disk.', [
      lib.range('sum by (instance) (dotnet_process_memory_working_set_bytes{%s})' % node, '{{instance}} working set'),
      lib.range('sum by (instance) (dotnet_gc_last_collection_heap_size_bytes{%s})' % node, '{{instance}} heap'),
      lib.range('sum by (instance) (drift_pane_shelf_bytes{%s})' % node, '{{instance}} panes on the shelf'),
      lib.range('sum by (instance) (drift_pane_shelf_file_bytes{%s})' % node, '{{instance}} file of the shelf'),
    ], w=8) + lib.unit('bytes', 0),
    lib.graph('Thread pool', 'Threads, and work that waits for one.', [
      lib.range('max by (instance) (dotnet_thread_pool_queue_length_total{%s})' % node, '{{instance}} queue'),
      lib.range('max by (instance) (dotnet_thread_pool_thread_count_total{%s})' % node, '{{instance}} threads'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('Garbage collection', 'Share of time in which everything stood still.', [lib.range(rate('dotnet_gc_pause_time_seconds_total'), '{{instance}}')]) + lib.unit('percentunit', 2),
    lib.graph('Collections', 'Per second, by generation.', [lib.range(rate('dotnet_gc_collections_total', 'gc_heap_generation'), '{{gc_heap_generation}}')]) + lib.unit('ops', 2),

    lib.row('PostgreSQL'),
    lib.graph('Npgsql pool', 'Connections by state, and the most there may be.', [
      lib.range('sum by (db_client_connection_state) (db_client_connection_count{%s})' % node, '{{db_client_connection_state}}'),
      lib.range('sum(db_client_connection_max{%s})' % node, 'limit'),
    ], w=12) + lib.unit('short', 0),
    lib.graph('Round trips', 'Time of a command.', quantiles('db_client_operation_duration_seconds'), w=12) + lib.unit('s', 1),

    lib.row('GPUs'),
    lib.graph('GPU load', 'Share of time in which the GPU worked. Empty where no GPUs are.', [lib.range(gpu('DCGM_FI_DEV_GPU_UTIL'), gpuName)], w=8) + lib.unit('percent', 0) + lib.between(0, 100),
    lib.graph('GPU memory', 'Share in use, of GPUs and of the instances that MIG divides them into.', [
      lib.range('max by (hostname, gpu) (DCGM_FI_DEV_FB_USED{%s} / (DCGM_FI_DEV_FB_USED{%s} + DCGM_FI_DEV_FB_FREE{%s}))' % [node, node, node], gpuName),
      lib.range('max by (hostname, gpu, GPU_I_ID) (drift_gpu_mig_memory_used_bytes{%s} / (drift_gpu_mig_memory_used_bytes{%s} + drift_gpu_mig_memory_free_bytes{%s}))' % [node, node, node], gpuName + ' instance {{GPU_I_ID}}'),
    ], w=8) + lib.unit('percentunit', 0) + lib.between(0, 1),
    lib.graph('GPU temperature', 'Above 85 °C a board slows itself down soon.', [lib.range(gpu('DCGM_FI_DEV_GPU_TEMP'), gpuName)], w=8) + lib.unit('celsius', 0),
    lib.graph('GPU power', 'What a board draws.', [lib.range(gpu('DCGM_FI_DEV_POWER_USAGE'), gpuName)], w=8) + lib.unit('watt', 0),
    lib.graph('GPU trouble', 'Critical errors (XID) in ten minutes, and what holds the clocks down: 1 while it does.', [
      lib.range('max by (hostname, gpu) (increase(drift_gpu_xid_errors_total{%s}[10m]))' % node, gpuName + ' errors'),
      lib.range('max by (hostname, gpu, reason) (drift_gpu_throttled{%s})' % node, gpuName + ' {{reason}}'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('GPU processes', 'On each GPU.', [lib.range(gpu('drift_gpu_processes'), gpuName)], w=8) + lib.unit('short', 0),
    lib.graph('GPU states', 'GPUs, their nodes, and the drivers that hosts poll themselves, by how they answer.', [
      lib.range('count by (state) (max by (hostname, gpu, state) (drift_gpu_state{%s}))' % node, 'GPUs {{state}}'),
      lib.range('count by (state) (max by (hostname, state) (drift_gpu_node_state{%s}))' % node, 'nodes {{state}}'),
      lib.range('sum by (state) (drift_gpu_poller_state{%s})' % node, 'drivers {{state}}'),
    ], w=8) + lib.unit('short', 0),
    lib.graph('GPU polls', 'Time of a poll of all GPUs of a machine.', quantiles('drift_gpu_poll_seconds'), w=8) + lib.unit('s', 2),
    lib.graph('GPU reports', 'Time since the last report of a node.', [lib.range('min by (hostname) (drift_gpu_report_age_seconds{%s})' % node, '{{hostname}}')], w=8) + lib.unit('s', 0),

    lib.row('Orleans'),
    lib.graph('Requests', 'Calls between grains, per second and silo.', [lib.range('sum by (instance) (rate({__name__=~"orleans_app_requests_latency(_milliseconds)?_count(_total)?",%s}[$__rate_interval]))' % node, '{{instance}}')], w=8) + lib.unit('ops', 1) + lib.cluster,
    lib.graph('Activations', 'Grains in memory, per silo.', [lib.range('sum by (instance) (orleans_catalog_activations{%s})' % node, '{{instance}}')], w=8) + lib.unit('short', 0) + lib.cluster,
    lib.graph('Ring', 'Silos that each silo knows; they must agree.', [lib.range('max by (instance) (orleans_consistent_ring_size{%s})' % node, '{{instance}}')], w=8) + lib.unit('short', 0) + lib.cluster,
  ],
)
