namespace Drift.Api.Options;

/// <summary>Which webhooks of MLflow are taken, and what its registered models are here.</summary>
public sealed class MlflowOptions
{
    /// <summary>Where these options stand in configuration.</summary>
    public const string SectionName = "Drift:Mlflow";

    /// <summary>The secret that the webhook was created with in MLflow; 16 bytes or more. Never shown or logged.</summary>
    /// <value>none: webhooks are not taken</value>
    public string? Secret { get; set; }

    /// <summary>The tenant whose adapters they are about.</summary>
    /// <value>default; 1 to 128 of A-Z a-z 0-9 . _ -</value>
    public string Tenant { get; set; } = Drift.Actors.ModelId.DefaultTenant;

    /// <summary>How far a delivery's time may be from this host's clock.</summary>
    /// <value>5 minutes; 1 second to 1 hour.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What MLflow's registered models are here, by their name there; events of others are ignored.</summary>
    /// <value>none</value>
    public IDictionary<string, MlflowModel> Models { get; } = new Dictionary<string, MlflowModel>(StringComparer.Ordinal);
}
