using System.Text.Json.Serialization;
using Drift.Actors.Adapters;
using Drift.Api.Wire;

namespace Drift.Api.Json;

[JsonSerializable(typeof(AdapterDescription))]
[JsonSerializable(typeof(AdapterList))]
[JsonSerializable(typeof(AdapterPage))]
[JsonSerializable(typeof(AdapterRequest))]
[JsonSerializable(typeof(TransitionRequest))]
[JsonSerializable(typeof(AdapterPolicyBody))]
[JsonSerializable(typeof(AdapterComparison))]
[JsonSerializable(typeof(AdapterPerformancePage))]
[JsonSerializable(typeof(AdapterPerformanceRequest))]
[JsonSerializable(typeof(CanaryPage))]
internal sealed partial class DriftJsonContext;
