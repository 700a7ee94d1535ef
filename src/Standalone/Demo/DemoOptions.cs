using Microsoft.Extensions.Options;

namespace Drift.Standalone.Demo;

/// <summary>What the demo sends.</summary>
internal sealed class DemoOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Demo";

    /// <summary>The server's address.</summary>
    /// <value>Default null: the address that this process itself listens on (<c>serve --demo</c>).</value>
    public Uri? Url { get; set; }

    /// <summary>The API key.</summary>
    /// <value>Default null: none.</value>
    public string? Key { get; set; }

    /// <summary>How many models: fraud, churn, price, support, then fraud-2 and so on.</summary>
    /// <value>Default 4; 1 to 1 000.</value>
    public int Models { get; set; } = 4;

    /// <summary>Decides every random number: the same seed sends the same rows.</summary>
    /// <value>Default 7.</value>
    public int Seed { get; set; } = 7;

    /// <summary>Rows per second of each model.</summary>
    /// <value>Default 100; above 0, at most 100 000.</value>
    /// <remarks>A verdict needs <see cref="DemoModel.MinRows"/> rows: 10 seconds at the default.</remarks>
    public double RowsPerSecond { get; set; } = 100;

    /// <summary>Rows of each model's reference.</summary>
    /// <value>Default 5 000; 1 000 to 100 000.</value>
    public int ReferenceRows { get; set; } = 5_000;

    /// <summary>Traffic like the reference before drift begins.</summary>
    /// <value>Default 20 seconds.</value>
    public TimeSpan DriftAfter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long drift grows before it is there in full.</summary>
    /// <value>Default 15 seconds.</value>
    public TimeSpan Ramp { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>When to stop.</summary>
    /// <value>Default null: when cancelled.</value>
    public TimeSpan? Duration { get; set; }

    /// <summary>How strong the drift is after so much traffic: 0 not begun, 1 in full.</summary>
    public double DriftAt(TimeSpan elapsed) =>
        elapsed < DriftAfter ? 0 : Ramp <= TimeSpan.Zero ? 1 : Math.Clamp((elapsed - DriftAfter) / Ramp, 0, 1);
}

/// <summary>Checks <see cref="DemoOptions"/>; all faults at once, each with its configuration key.</summary>
internal sealed class DemoOptionsValidator : IValidateOptions<DemoOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DemoOptions options)
    {
        var faults = new List<string>();
        void Require(bool right, string key, object value, string expected)
        {
            if (!right)
                faults.Add($"{DemoOptions.SectionName}:{key} is {value}, must be {expected}.");
        }

        Require(options.Models is >= 1 and <= 1_000, nameof(options.Models), options.Models, "1 to 1000");
        Require(options.RowsPerSecond is > 0 and <= 100_000, nameof(options.RowsPerSecond), options.RowsPerSecond, "above 0 and at most 100000");
        Require(options.ReferenceRows is >= 1_000 and <= 100_000, nameof(options.ReferenceRows), options.ReferenceRows, "1000 to 100000");
        Require(options.DriftAfter >= TimeSpan.Zero, nameof(options.DriftAfter), options.DriftAfter, "0 or more");
        Require(options.Ramp >= TimeSpan.Zero, nameof(options.Ramp), options.Ramp, "0 or more");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
