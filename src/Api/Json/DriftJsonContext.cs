using System.Text.Json;
using System.Text.Json.Serialization;
using Drift.Actors;
using Drift.Actors.Alerts;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Api.Errors;
using Drift.Api.Wire;
using Drift.Core.Detection;
using Drift.Core.Quality;
using Drift.Core.Settings;

namespace Drift.Api.Json;

/// <summary>Every type that goes over the wire.</summary>
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ModelSettings))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(IngestReceipt))]
[JsonSerializable(typeof(ChunkReceipt))]
[JsonSerializable(typeof(StreamReceipt))]
[JsonSerializable(typeof(LabelReceipt))]
[JsonSerializable(typeof(ReferenceDescription))]
[JsonSerializable(typeof(PinRequest))]
[JsonSerializable(typeof(Verdict))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(FeatureComparison))]
[JsonSerializable(typeof(PerformanceComparison))]
[JsonSerializable(typeof(QualityReport))]
[JsonSerializable(typeof(SegmentPage))]
[JsonSerializable(typeof(VerdictChange))]
[JsonSerializable(typeof(DriftSummary))]
[JsonSerializable(typeof(DriftMetricsPage))]
[JsonSerializable(typeof(AlertPage))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(SilencePage))]
[JsonSerializable(typeof(Silence))]
[JsonSerializable(typeof(SilenceRequest))]
[JsonSerializable(typeof(OutboxPage))]
[JsonSerializable(typeof(OutboxItem))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(GpuReportBatch))]
[JsonSerializable(typeof(GpuReceipt))]
[JsonSerializable(typeof(GpuNodeList))]
[JsonSerializable(typeof(GpuNodeView))]
[JsonSerializable(typeof(GpuHistoryPage))]
[JsonSerializable(typeof(TriggerPage))]
[JsonSerializable(typeof(Trigger))]
[JsonSerializable(typeof(ManualTriggerRequest))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(TriggerStatusRequest))]
[JsonSerializable(typeof(TrainingPage))]
[JsonSerializable(typeof(TrainingDetail))]
[JsonSerializable(typeof(TrainingRun))]
[JsonSerializable(typeof(TrainingStartRequest))]
[JsonSerializable(typeof(TrainingPointsRequest))]
[JsonSerializable(typeof(TrainingFinishRequest))]
[JsonSerializable(typeof(TrainingReceiptView))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(ApiIndex))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(bool?))]
internal sealed partial class DriftJsonContext : JsonSerializerContext;
