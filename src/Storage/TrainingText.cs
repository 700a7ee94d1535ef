using System.Text.Json;
using Drift.Actors.Training;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Training;
using Drift.Core.Triggers;

namespace Drift.Storage;

/// <summary>Triggers and training runs as they can be stored: enums by name, texts of trainers and names of columns without what no database holds.</summary>
internal static class TrainingText
{
    public static string Of(TriggerType type) => Word(type);

    public static string Of(TriggerStatus status) => Word(status);

    public static string Of(TrainingStatus status) => Word(status);

    public static string Of(TrainingFault fault) => Word(fault);

    public static TriggerType ToTriggerType(string name) => Parse<TriggerType>(name);

    public static TriggerStatus ToTriggerStatus(string name) => Parse<TriggerStatus>(name);

    public static TrainingStatus ToTrainingStatus(string name) => Parse<TrainingStatus>(name);

    public static TrainingFault ToFault(string name) => Parse<TrainingFault>(name);

    public static Trigger Clean(Trigger trigger) => trigger with
    {
        JobId = Clean(trigger.JobId),
        TrainingRun = Clean(trigger.TrainingRun),
        AdapterVersion = Clean(trigger.AdapterVersion),
        Message = Clean(trigger.Message),
        Reason = trigger.Reason with
        {
            Summary = StoredText.Clean(trigger.Reason.Summary),
            RequestedBy = Clean(trigger.Reason.RequestedBy),
            Verdict = trigger.Reason.Verdict is { } verdict ? Clean(verdict) : null,
        },
        ApprovedBy = Clean(trigger.ApprovedBy),
        CancelledBy = Clean(trigger.CancelledBy),
    };

    public static TrainingRun Clean(TrainingRun run) => run with
    {
        BaseModel = Clean(run.BaseModel),
        AdapterVersion = Clean(run.AdapterVersion),
        Summary = Clean(run.Summary),
        Parameters = run.Parameters.DistinctBy(p => StoredText.Clean(p.Key)).ToDictionary(p => StoredText.Clean(p.Key), p => StoredText.Clean(p.Value), StringComparer.Ordinal),
    };

    private static string? Clean(string? text) => text is null ? null : StoredText.Clean(text);

    private static Verdict Clean(Verdict verdict) => verdict with { Features = [.. verdict.Features.Select(f => f with { Name = StoredText.Clean(f.Name) })] };

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static T Parse<T>(string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Word(value) == name)
                return value;
        }

        throw new InvalidDataException($"'{name}' is no {typeof(T).Name}.");
    }
}
