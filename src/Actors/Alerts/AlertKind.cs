namespace Drift.Actors.Alerts;

/// <summary>What an alert is about. Texts, because more than models may alert.</summary>
public static class AlertKind
{
    /// <summary>Features or predictions of a model drifted.</summary>
    public const string Drift = "drift";

    /// <summary>The accuracy of a model is low, and lower than that of its reference.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>A training run of a model stalls or diverges.</summary>
    public const string Training = "training";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> All { get; } = [Drift, Accuracy, Training];
}
