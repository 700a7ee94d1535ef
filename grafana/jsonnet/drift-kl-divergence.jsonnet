local d = import 'divergence.libsonnet';
local lib = import 'lib.libsonnet';
local v = lib.variables;

local panels = d.panels('KL divergence', 'drift_kl_divergence', 'kl_divergence', lib.thresholds.kl, 0.4, 'Warning 0.1, moderate 0.15, critical 0.2.');

lib.dashboard(
  'drift-kl-divergence',
  'Drift: KL divergence',
  'Kullback–Leibler divergence of the worst column, the reference against now: live and over 7 days.',
  [v.tenant, v.model, v.feature, v.window],
  panels.head + [panels.heatmap, panels.recent],
  lib.annotations.drift,
)
