// What the dashboards are made of: data sources, variables, colours, targets, panels, and the layout. `make grafana-build` writes the JSON.
{
  local lib = self,

  prometheus:: { type: 'prometheus', uid: 'prometheus' },
  postgres:: { type: 'grafana-postgresql-datasource', uid: 'postgres' },

  // Selectors. Without a format Grafana escapes and joins the values for PromQL; in SQL they are quoted by :sqlstring.
  models:: 'tenant=~"$tenant",model=~"$model"',
  window:: lib.models + ',window="$window"',
  features:: lib.models + ',feature=~"$feature"',
  columns:: lib.models + ',column=~"$feature"',
  // Model rows of drift_metrics and feature_drift in the dashboard's time.
  rowsOfModels:: 'tenant in (${tenant:sqlstring}) and model in (${model:sqlstring}) and "window" = ${window:sqlstring} and segment is null and $__timeFilter(timestamp)',
  rowsOfFeatures:: lib.rowsOfModels + ' and feature in (${feature:sqlstring})',

  // green, yellow, orange, red: fine, warning, moderate, critical.
  thresholds:: {
    local of(steps) = { mode: 'absolute', steps: steps },
    rising(warning, moderate, critical):: of([
      { color: 'green', value: null },
      { color: 'yellow', value: warning },
      { color: 'orange', value: moderate },
      { color: 'red', value: critical },
    ]),
    falling(warning, moderate, critical):: of([
      { color: 'red', value: null },
      { color: 'orange', value: critical },
      { color: 'yellow', value: moderate },
      { color: 'green', value: warning },
    ]),
    none:: of([{ color: 'blue', value: null }]),
    kl:: self.rising(0.1, 0.15, 0.2),
    psi:: self.rising(0.1, 0.2, 0.3),
    // KL and PSI both at their thresholds, without labels.
    combined:: self.rising(0.4, 0.7, 0.9),
    accuracy:: self.falling(0.80, 0.75, 0.70),
    delta:: self.falling(-0.02, -0.05, -0.1),
    quality:: self.falling(0.95, 0.9, 0.8),
    // The first event is worth a look, the tenth a change.
    events:: self.rising(1, 5, 10),
  },

  severityNames:: {
    type: 'value',
    options: {
      none: { text: 'none', color: 'green', index: 0 },
      warning: { text: 'warning', color: 'yellow', index: 1 },
      moderate: { text: 'moderate', color: 'orange', index: 2 },
      critical: { text: 'critical', color: 'red', index: 3 },
    },
  },
  severityNumbers:: {
    type: 'value',
    options: {
      '0': { text: 'none', color: 'green', index: 0 },
      '1': { text: 'warning', color: 'yellow', index: 1 },
      '2': { text: 'moderate', color: 'orange', index: 2 },
      '3': { text: 'critical', color: 'red', index: 3 },
    },
  },
  yesNo(yes, no):: {
    type: 'value',
    options: { 'true': { text: yes, color: 'red', index: 0 }, 'false': { text: no, color: 'green', index: 1 } },
  },

  // Targets.
  range(expr, legend='{{model}}'):: { datasource: lib.prometheus, expr: expr, legendFormat: legend, range: true, instant: false, editorMode: 'code' },
  instant(expr, legend='{{model}}'):: { datasource: lib.prometheus, expr: expr, legendFormat: legend, range: false, instant: true, editorMode: 'code' },
  // Only the series that were worst at any time shown: topk alone chooses anew at every point, and lines come and go.
  // `how` is topk or bottomk.
  worst(count, how, by, metric, selector, legend)::
    local over = if how == 'topk' then 'max' else 'min';
    lib.range('%(over)s by (%(by)s) (%(metric)s{%(selector)s}) and %(how)s(%(count)d, %(over)s by (%(by)s) (%(over)s_over_time(%(metric)s{%(selector)s}[$__range] @ end())))' % {
      over: over, by: by, metric: metric, selector: selector, how: how, count: count,
    }, legend),
  rows(expr):: { datasource: lib.prometheus, expr: expr, format: 'table', range: false, instant: true, editorMode: 'code' },
  series(sql):: { datasource: lib.postgres, rawSql: sql, format: 'time_series', rawQuery: true, editorMode: 'code' },
  table(sql):: { datasource: lib.postgres, rawSql: sql, format: 'table', rawQuery: true, editorMode: 'code' },

  // Panels. `with` is merged over what the panel's type has by default.
  local legend = { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
  local tooltip = { mode: 'multi', sort: 'desc' },
  local reduce = { calcs: ['lastNotNull'], fields: '', values: false },
  local panel(type, title, description, targets, size, options, defaults) = {
    type: type,
    title: title,
    description: description,
    datasource: targets[0].datasource,
    targets: std.mapWithIndex(function(i, target) target { refId: std.char(65 + i) }, targets),
    gridPos: { w: size[0], h: size[1] },
    options: options,
    fieldConfig: { defaults: defaults, overrides: [] },
  },

  unit(unit, decimals=null):: { fieldConfig+: { defaults+: { unit: unit } + if decimals == null then {} else { decimals: decimals } } },
  between(min, max):: { fieldConfig+: { defaults+: { min: min, max: max } } },
  mapping(mapping):: { fieldConfig+: { defaults+: { mappings: [mapping] } } },
  // The time of this panel, whatever the dashboard shows.
  last(time):: { timeFrom: time },
  // What a column of a table or a series of a graph has of its own.
  override(field, properties):: {
    fieldConfig+: {
      overrides+: [{
        matcher: { id: 'byName', options: field },
        properties: [{ id: id, value: properties[id] } for id in std.objectFields(properties)],
      }],
    },
  },
  coloured(field, thresholds, unit='short', decimals=3):: lib.override(field, {
    'custom.cellOptions': { type: 'color-text' }, thresholds: thresholds, unit: unit, decimals: decimals, 'color': { mode: 'thresholds' },
  }),
  severity(field='severity'):: lib.override(field, { 'custom.cellOptions': { type: 'color-background', mode: 'basic' }, mappings: [lib.severityNames] }),
  // Labels of an instant query become columns of a table, in this order, under these names.
  columnsOf(fields, names={}):: {
    transformations: [
      { id: 'organize', options: {
        includeByName: { [f]: true for f in fields + ['Value'] },
        indexByName: { [(fields + ['Value'])[i]]: i for i in std.range(0, std.length(fields)) },
        renameByName: names,
      } },
    ],
  },
  // Panels that need a cluster: on one process Orleans publishes nothing.
  cluster:: { description+: ' Only where the silo runs.' },

  graph(title, description, targets, thresholds=null, w=12, h=8):: panel('timeseries', title, description, targets, [w, h], { legend: legend, tooltip: tooltip }, {
    color: { mode: 'palette-classic' },
    custom: {
      drawStyle: 'line', lineWidth: 2, fillOpacity: if thresholds == null then 10 else 0, showPoints: 'never',
      // A series that Prometheus lost is a gap; what is stored now and then is joined.
      spanNulls: if targets[0].datasource.uid == 'prometheus' then 300000 else true,
      thresholdsStyle: { mode: if thresholds == null then 'off' else 'dashed' },
    },
    thresholds: if thresholds == null then lib.thresholds.none else thresholds,
  }),
  gauge(title, description, target, thresholds, max=1, w=6, h=6):: panel('gauge', title, description, [target], [w, h], {
    showThresholdLabels: false, showThresholdMarkers: true, sizing: 'auto', minVizWidth: 75, minVizHeight: 75, orientation: 'auto', reduceOptions: reduce,
  }, { thresholds: thresholds, color: { mode: 'thresholds' }, min: 0, max: max }),
  stat(title, description, target, thresholds=null, w=4, h=4):: panel('stat', title, description, [target], [w, h], {
    graphMode: 'none', colorMode: 'value', justifyMode: 'auto', textMode: 'auto', wideLayout: true, showPercentChange: false,
    percentChangeColorMode: 'standard', orientation: 'auto', reduceOptions: reduce,
  }, { thresholds: if thresholds == null then lib.thresholds.none else thresholds, color: { mode: 'thresholds' } }),
  grid(title, description, targets, w=24, h=9):: panel('table', title, description, targets, [w, h], {
    frameIndex: 0, showHeader: true, cellHeight: 'sm',
  }, { custom: { align: 'auto', inspect: false, filterable: true }, thresholds: lib.thresholds.none }),
  bars(title, description, target, thresholds, w=12, h=8):: panel('barchart', title, description, [target], [w, h], {
    orientation: 'auto', xTickLabelRotation: 0, xTickLabelMaxLength: 10, xTickLabelSpacing: 100, stacking: 'none', showValue: 'never', barWidth: 0.9, groupWidth: 0.8,
    legend: legend, tooltip: tooltip, fullHighlight: false,
  }, { color: { mode: 'thresholds' }, thresholds: thresholds, custom: { fillOpacity: 80, lineWidth: 1 } }),
  barGauge(title, description, target, w=12, h=8):: panel('bargauge', title, description, [target], [w, h], {
    displayMode: 'basic', valueMode: 'color', namePlacement: 'auto', showUnfilled: true, sizing: 'auto', minVizWidth: 8, minVizHeight: 16, maxVizHeight: 300,
    legend: legend { showLegend: false }, orientation: 'horizontal', reduceOptions: reduce,
  }, { color: { mode: 'thresholds' }, thresholds: lib.thresholds.none, min: 0 }),
  pie(title, description, targets, colours, w=6, h=8):: panel('piechart', title, description, targets, [w, h], {
    pieType: 'donut', displayLabels: ['value'], orientation: 'auto', reduceOptions: reduce, tooltip: tooltip { mode: 'single', sort: 'none' },
    legend: legend { values: ['value', 'percent'] },
  }, { thresholds: lib.thresholds.none, color: { mode: 'palette-classic' } }) + {
    fieldConfig+: { overrides: [
      { matcher: { id: 'byName', options: name }, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colours[name] } }] }
      for name in std.objectFields(colours)
    ] },
  },
  // One row per series, one cell per step; colour from 0 to max.
  heatmap(title, description, target, max, w=12, h=9):: panel('heatmap', title, description, [target], [w, h], {
    calculate: false, rowsFrame: { layout: 'auto', value: 'value' }, showValue: 'never', cellGap: 1,
    color: { mode: 'scheme', scheme: 'RdYlGn', fill: 'dark-orange', exponent: 0.5, steps: 64, reverse: true, min: 0, max: max },
    yAxis: { axisPlacement: 'left' }, legend: { show: true }, tooltip: { mode: 'single', showColorScale: true }, exemplars: { color: 'rgba(255,0,255,0.7)' },
    filterValues: { le: -1 }, cellValues: { decimals: 3 },
  }, { custom: { scaleDistribution: { type: 'linear' } }, thresholds: lib.thresholds.psi }),
  timeline(title, description, targets, w=12, h=6):: panel('state-timeline', title, description, targets, [w, h], {
    showValue: 'never', rowHeight: 0.8, mergeValues: true, alignValue: 'left', legend: legend, tooltip: tooltip { mode: 'single', sort: 'none' },
  }, { color: { mode: 'thresholds' }, thresholds: lib.thresholds.none, custom: { fillOpacity: 80, lineWidth: 0 } }),
  row(title):: { type: 'row', title: title, collapsed: false, panels: [], gridPos: { w: 24, h: 1 } },

  // Variables.
  local variable(name, label, extra) = { name: name, label: label, hide: 0, skipUrlSync: false, refresh: 2, sort: 1, regex: '' } + extra,
  local several = { multi: true, includeAll: true, current: { text: ['All'], value: ['$__all'] } },
  local ofLabel(metric, label) =
    local query = 'label_values(%s, %s)' % [metric, label];
    { type: 'query', datasource: lib.prometheus, definition: query, query: { query: query, refId: 'variable' } },
  local ofSql(sql) = { type: 'query', datasource: lib.postgres, definition: sql, query: sql },
  variables:: {
    tenant:: variable('tenant', 'Tenant', ofLabel('drift_window_rows', 'tenant') + several),
    model:: variable('model', 'Model', ofLabel('drift_window_rows{tenant=~"$tenant"}', 'model') + several),
    feature:: variable('feature', 'Feature', ofLabel('data_drift_psi{%s}' % lib.models, 'feature') + several),
    window:: variable('window', 'Window', ofLabel('drift_window_rows{%s}' % lib.models, 'window')
                                           + { multi: false, includeAll: false, current: { text: '1h', value: '1h' } }),
    batchTenant:: variable('tenant', 'Tenant', ofSql("select distinct split_part(model_name, '/', 1) from ml_metrics order by 1") + several),
    batchModel:: variable('model', 'Model', ofSql(|||
      select distinct split_part(model_name, '/', 2) from ml_metrics where split_part(model_name, '/', 1) in (${tenant:sqlstring}) order by 1
    |||) + several),
    node:: variable('node', 'Node', ofLabel('drift_actor_activations', 'instance') + several),
  },

  // Where a condition on drift_metrics became true or false. What holds when the time begins is no event.
  local changes(condition, name, colour, text, becomes) = {
    name: name, enable: true, hide: false, iconColor: colour, datasource: lib.postgres,
    target: lib.table(|||
      select timestamp as time, model || ', ' || "window" || ': ' || %(text)s as text, model as tags
      from (
        select timestamp, model, "window", severity, current_accuracy, %(condition)s as now,
          lag(%(condition)s) over (partition by tenant, model order by timestamp, id) as before
        from drift_metrics
        where %(rows)s and status = 'ok'
      ) as verdicts
      where %(becomes)s
      order by timestamp
    ||| % { text: text, condition: condition, rows: lib.rowsOfModels, becomes: becomes }) + { refId: 'Anno' },
  },
  annotations:: {
    drift:: [
      changes('drift_detected', 'Drift opened', 'red', "'drift, ' || severity", 'now and not before'),
      changes('drift_detected', 'Drift closed', 'green', "'the drift is over'", 'before and not now'),
    ],
    accuracy:: [
      changes('(current_accuracy < 0.80)', 'Accuracy low', 'red', "'accuracy ' || to_char(current_accuracy, '0.000')", 'now and not before'),
      changes('(current_accuracy < 0.80)', 'Accuracy recovered', 'green', "'accuracy ' || to_char(current_accuracy, '0.000')", 'before and not now'),
    ],
  },

  // Triggers of the selected models in the dashboard's time.
  rowsOfTriggers:: 'tenant in (${tenant:sqlstring}) and model in (${model:sqlstring}) and $__timeFilter(created_at)',
  triggered:: {
    name: 'Fine-tuning triggered', enable: true, hide: false, iconColor: 'purple', datasource: lib.postgres,
    target: lib.table(|||
      select created_at as time, model || ': ' || trigger_type || ' trigger, ' || status as text, model as tags
      from finetuning_triggers
      where %s and not dry_run
      order by created_at
    ||| % lib.rowsOfTriggers) + { refId: 'Anno' },
  },

  // Each panel goes as high as it can, then as far left: `heights` is how far down each of the 24 columns is taken.
  local flow(panels) = std.foldl(
    function(at, p)
      local top(x) = std.foldl(std.max, at.heights[x:x + p.gridPos.w], 0);
      local x = std.foldl(function(best, x) if top(x) < top(best) then x else best, std.range(0, 24 - p.gridPos.w), 0);
      local y = top(x);
      {
        heights: [if c >= x && c < x + p.gridPos.w then y + p.gridPos.h else at.heights[c] for c in std.range(0, 23)],
        panels: at.panels + [p { id: std.length(at.panels) + 1, gridPos+: { x: x, y: y } }],
      },
    panels,
    { heights: std.repeat([0], 24), panels: [] }
  ).panels,

  dashboard(uid, title, description, variables, panels, annotations=[], time='now-6h'):: {
    uid: uid,
    title: title,
    description: description,
    tags: ['drift'],
    timezone: 'browser',
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: time, to: 'now' },
    timepicker: { refresh_intervals: ['10s', '30s', '1m', '5m', '15m'] },
    schemaVersion: 39,
    version: 1,
    weekStart: '',
    links: [{
      title: 'Drift dashboards', type: 'dashboards', icon: 'external link', tooltip: '', tags: ['drift'], url: '',
      asDropdown: true, targetBlank: false, includeVars: true, keepTime: true,
    }],
    templating: { list: variables },
    annotations: { list: annotations },
    panels: flow(panels),
  },
}
