local lib = import 'lib.libsonnet';
local t = lib.thresholds;

local bases = 'tenant=~"$tenant",base_model=~"$base"';
// What was registered stays in the tables for ever; the dashboard's time narrows what happened, not what there is.
local versions = 'tenant in (${tenant:sqlstring}) and base_model in (${base:sqlstring})';
local during = versions + ' and $__timeFilter(timestamp)';
// A base model is followed by one node; while it moves another may say the same.
local gauge(metric, by) = 'max by (%s) (%s{%s})' % [by, metric, bases];
local version = '{{base_model}} {{version}}';

local transitions(name, colour, condition, text) = {
  name: name, enable: true, hide: false, iconColor: colour, datasource: lib.postgres,
  target: lib.table(|||
    select timestamp as time, version || ' of ' || base_model || ': ' || %s as text, base_model as tags
    from lora_transitions where %s and %s order by timestamp
  ||| % [text, during, condition]) + { refId: 'Anno' },
};

local ofSql(name, label, sql) = {
  name: name, label: label, hide: 0, skipUrlSync: false, refresh: 2, sort: 1, regex: '', multi: true, includeAll: true, current: { text: ['All'], value: ['$__all'] },
  type: 'query', datasource: lib.postgres, definition: sql, query: sql,
};

lib.dashboard(
  'lora-version-tracking',
  'Drift: LoRA versions',
  'Every version of every adapter: how it was trained, where it is in its life, how it does, and how canaries compare with champions.',
  [
    ofSql('tenant', 'Tenant', 'select distinct tenant from lora_adapters order by 1'),
    ofSql('base', 'Base model', 'select distinct base_model from lora_adapters where tenant in (${tenant:sqlstring}) order by 1'),
  ],
  [
    lib.row('Now'),
    lib.stat('Versions', 'All that were registered and are followed.', lib.instant('sum(%s)' % gauge('lora_versions_total', 'tenant, base_model, state'), 'versions')),
    lib.stat('In service', 'Champions and canaries.', lib.instant('sum(%s)' % gauge('lora_active_info', 'tenant, base_model, version, role'), 'in service')),
    lib.stat('Active version', 'The champion of each base model.', lib.instant('max by (base_model, version) (lora_active_info{%s,role="champion"})' % bases, version), w=6) + { options+: { textMode: 'name' } },
    lib.stat('Active training loss', 'Of the champion, at the end of its training.', lib.instant(gauge('lora_active_training_loss', 'base_model, version'), version), w=5) + lib.unit('short', 3),
    lib.stat('Active validation loss', 'Of the champion, at the end of its training.', lib.instant(gauge('lora_active_validation_loss', 'base_model, version'), version), w=5) + lib.unit('short', 3),

    lib.row('Canaries'),
    lib.graph('Canary less champion', 'Accuracy of the canary less that of the champion, with bounds that hold at all looks together. Above 0 the canary is better, below it is worse.', [
      lib.range(gauge('lora_canary_difference', 'base_model, version, bound'), version + ' {{bound}}'),
    ], w=12) + lib.unit('percentunit', 1),
    lib.graph('Canary samples', 'Rows with labels that canary and champion are compared by.', [
      lib.range(gauge('lora_canary_samples', 'base_model, version, arm'), version + ' {{arm}}'),
    ], w=12) + lib.unit('short', 0),
    lib.graph('Accuracy in service', 'Of the versions that answer, in the last 24 hours.', [
      lib.range(gauge('lora_accuracy', 'base_model, version, role'), version + ' {{role}}'),
    ], t.accuracy, w=12) + lib.unit('percentunit', 1),
    lib.graph('Transitions', 'Changes of state in an hour, by where they led.', [
      lib.range('sum by (to) (increase(lora_transitions_total{%s}[1h]))' % bases, '{{to}}'),
    ], w=12) + lib.unit('short', 0),

    lib.row('Versions'),
    lib.grid('Versions and their training', 'All versions, the latest first.', [lib.table(|||
      select created_at as "registered", base_model as "base model", version, state, role, is_active as active, model, rank, alpha, dropout, num_epochs as epochs,
        learning_rate as "learning rate", batch_size as "batch size", training_loss as "training loss", validation_loss as "validation loss",
        training_time_seconds as "training time", training_job_id as job, deployed_at as deployed, message
      from lora_adapters where %s order by created_at desc limit 500
    ||| % versions)]) + lib.override('training time', { unit: 's' }) + lib.override('training loss', { decimals: 4 }) + lib.override('validation loss', { decimals: 4 }),
    lib.graph('Loss by version', 'At the end of training, by when the version was registered.', [
      lib.series(|||
        select extract(epoch from created_at) as time, base_model || ' training' as metric, training_loss as value from lora_adapters
        where %s and training_loss is not null and $__timeFilter(created_at) order by 1
      ||| % versions),
      lib.series(|||
        select extract(epoch from created_at) as time, base_model || ' validation' as metric, validation_loss as value from lora_adapters
        where %s and validation_loss is not null and $__timeFilter(created_at) order by 1
      ||| % versions),
    ], w=12) + lib.unit('short', 3),
    lib.bars('Training time', 'Of the latest 30 versions.', lib.table(|||
      select version || ' of ' || base_model as version, training_time_seconds as "training time" from lora_adapters
      where %s and training_time_seconds is not null order by created_at desc limit 30
    ||| % versions), t.none, w=12) + lib.unit('s', 0),
    lib.graph('Performance of versions', 'Accuracy that was measured while they served, over the last 24 hours each time.', [
      lib.series(|||
        select extract(epoch from timestamp) as time, base_model || ' ' || adapter_version as metric, metric_value as value from lora_performance
        where %s and metric_name = 'accuracy' order by 1
      ||| % during),
    ], t.accuracy, w=12) + lib.unit('percentunit', 1),
    lib.pie('Versions by model', 'The monitored model whose rows carry them.', [lib.series(|||
      select extract(epoch from now()) as time, coalesce(model, '(none)') as metric, count(*)::double precision as value from lora_adapters where %s group by 2 order by 2
    ||| % versions)], {}),
    lib.pie('Versions by rank', 'How large their updates are.', [lib.series(|||
      select extract(epoch from now()) as time, coalesce(rank::text, '(unknown)') as metric, count(*)::double precision as value from lora_adapters where %s group by 2 order by 2
    ||| % versions)], {}),
    lib.grid('What happened', 'Every change of state, the latest first.', [lib.table(|||
      select timestamp as time, base_model as "base model", version, command, from_state as "from", to_state as "to", to_role as role, changed_by as "by", reason
      from lora_transitions where %s order by sequence desc limit 500
    ||| % during)], h=8),
  ],
  [
    transitions('Created', 'blue', 'from_state is null', "'registered by ' || changed_by"),
    transitions('Deployed', 'green', "from_state = 'loading' and to_state = 'serving'", "'serves as ' || to_role"),
    lib.triggered {
      target: lib.table(|||
        select created_at as time, model || ': ' || trigger_type || ' trigger, ' || status as text, model as tags
        from finetuning_triggers
        where tenant in (${tenant:sqlstring}) and model in (select model from lora_adapters where tenant in (${tenant:sqlstring}) and base_model in (${base:sqlstring}))
          and $__timeFilter(created_at) and not dry_run
        order by created_at
      |||) + { refId: 'Anno' },
    },
    transitions('Rolled back', 'red', "to_state in ('rolled_back', 'failed')", "to_state || coalesce(', ' || reason, '')"),
  ],
  'now-24h'
)
