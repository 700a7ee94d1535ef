local lib = import 'lib.libsonnet';
local t = lib.thresholds;
local v = lib.variables;

// Of the leading window or any other: whatever is worst.
local worst(metric) = 'max by (model) (%s{%s})' % [metric, lib.models];
local latest(metric) = [lib.range('max by (model) (%s{%s})' % [metric, lib.models])];
local faults = { type: 'value', options: { '0': { text: 'sound', color: 'green', index: 0 }, '1': { text: 'stalls', color: 'orange', index: 1 }, '2': { text: 'diverges', color: 'red', index: 2 } } };
local total(metric) = lib.instant('sum(increase(%s{%s}[$__range]))' % [metric, lib.models], 'total');

lib.dashboard(
  'learning-engine',
  'Learning engine',
  'From drift to training: what drifts, what was triggered, how training goes.',
  [v.tenant, v.model],
  [
    lib.row('Now'),
    lib.gauge('Drift, KL', 'The worst window of the selected models.', lib.instant('max(%s)' % worst('drift_kl_divergence'), 'KL'), t.kl, 0.4, w=8) + lib.unit('short', 3),
    lib.gauge('Drift, PSI', 'The worst window of the selected models.', lib.instant('max(%s)' % worst('drift_psi'), 'PSI'), t.psi, 0.6, w=8) + lib.unit('short', 3),
    lib.gauge('Replay buffer', 'How full it is, the fullest of the selected models.', lib.instant('max(max by (model) (replay_buffer_size{%s}) / max by (model) (replay_buffer_capacity{%s}))' % [lib.models, lib.models], 'full'), t.rising(0.8, 0.9, 0.99), w=8) + lib.unit('percentunit', 0),
    lib.stat('Triggers', 'Fine-tuning triggers made in the time shown.', total('finetuning_triggers_total'), w=4) + lib.unit('short', 0),
    lib.stat('Detections', 'Evaluations in the time shown that found drift.', total('drift_detected_total'), t.events, w=4) + lib.unit('short', 0),
    lib.stat('Runs', 'Training runs that began in the time shown.', lib.table(|||
      select count(*) as runs from training_runs
      where tenant in (${tenant:sqlstring}) and model in (${model:sqlstring}) and $__timeFilter(started_at)
    |||), w=3) + lib.unit('short', 0),
    lib.stat('Versions', 'LoRA versions registered for the selected models, ever.', lib.table(|||
      select count(*) as versions from lora_adapters where tenant in (${tenant:sqlstring}) and model in (${model:sqlstring})
    |||), w=3) + lib.unit('short', 0),
    lib.stat('Samples', 'Samples trained on in the time shown.', total('training_samples_total'), w=3) + lib.unit('short', 0),
    lib.stat('Fisher matrix', 'The largest of the selected models.', lib.instant('max(%s)' % worst('fisher_matrix_size_bytes'), 'bytes'), w=3) + lib.unit('bytes', 1),
    lib.stat('Training time', 'Mean from begin to end of a run, of all that ended.', lib.instant('sum(training_duration_seconds_sum{%s}) / sum(training_duration_seconds_count{%s})' % [lib.models, lib.models], 'mean')) + lib.unit('s', 1),

    lib.row('Drift and training'),
    lib.graph('Drift over time', 'Combined score of each model, its worst window.', latest('drift_combined_score'), t.combined, w=24) + lib.unit('short', 2) + lib.between(0, 1),
    lib.graph('Training loss', 'Of the run of each model that reported last.', latest('training_loss')) + lib.unit('short', 3),
    lib.graph('Validation loss', 'Of the run of each model that reported last.', latest('validation_loss')) + lib.unit('short', 3),
    lib.graph('EWC lambda', 'Weight of elastic weight consolidation: how firmly training holds on to what was learned before.', latest('ewc_lambda'), w=6) + lib.unit('short', 3),
    lib.graph('Learning rate', 'Of the run of each model that reported last.', latest('training_learning_rate'), w=6) + lib.unit('sci'),
    lib.graph('Samples trained on', 'Per second.', [lib.range('sum by (model) (rate(training_samples_total{%s}[$__rate_interval]))' % lib.models)], w=12) + lib.unit('short', 1),
    lib.graph('Replay buffer', 'Samples in it, and how many fit.', [
      lib.range('max by (model) (replay_buffer_size{%s})' % lib.models, '{{model}} holds'),
      lib.range('max by (model) (replay_buffer_capacity{%s})' % lib.models, '{{model}} fits'),
    ], w=8) + lib.unit('short', 0),
    lib.timeline('Runs in trouble', 'Whether the run of a model stalls or diverges.', [lib.range('max by (model) (training_run_fault{%s})' % lib.models)], w=8, h=8) + lib.mapping(faults),
    lib.graph('Runs that ended', 'In the hour before, by how they ended.', [lib.range('sum by (status) (increase(training_runs_total{%s}[1h]))' % lib.models, '{{status}}')], w=8) + lib.unit('short', 0),

    lib.grid('Training runs', 'The latest begun, newest first.', [lib.table(|||
      select started_at as time, tenant, model, id as run, status, fault, base_model, adapter_version, trigger_id, points, step, training_loss, validation_loss,
        best_training_loss, best_validation_loss, extract(epoch from coalesce(finished_at, now()) - started_at) as seconds, summary
      from training_runs
      where tenant in (${tenant:sqlstring}) and model in (${model:sqlstring}) and $__timeFilter(started_at)
      order by started_at desc
      limit 100
    |||)], h=8) + lib.override('seconds', { unit: 's', decimals: 0 }),
    lib.grid('Versions that came of it', 'LoRA versions of the selected models, the latest first.', [lib.table(|||
      select created_at as time, tenant, base_model, version, model, state, is_active as active, training_job_id as run, rank, training_loss, validation_loss, deployed_at
      from lora_adapters
      where tenant in (${tenant:sqlstring}) and model in (${model:sqlstring})
      order by created_at desc
      limit 100
    |||)], h=7),
  ],
  [lib.triggered],
)
