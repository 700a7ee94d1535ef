namespace Drift.Delivery.Triggers;

/// <summary>The trainers that triggers are sent to.</summary>
public sealed class TriggerDestinationOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Triggers:Destinations";

    /// <summary>The trainers.</summary>
    public IList<TriggerDestinationEntry> Destinations { get; } = [];

    /// <summary>The name of the trainer at an index.</summary>
    internal string NameAt(int index) =>
        string.IsNullOrEmpty(Destinations[index].Name) ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"trainer-{index}") : Destinations[index].Name!;
}
