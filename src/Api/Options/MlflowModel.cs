namespace Drift.Api.Options;

/// <summary>What a registered model of MLflow is here: each version of it is an adapter.</summary>
public sealed class MlflowModel
{
    /// <summary>The base model that its versions adapt.</summary>
    public string? BaseModel { get; set; }

    /// <summary>The monitored model whose rows carry the adapter.</summary>
    /// <value>none</value>
    public string? Model { get; set; }

    /// <summary>The deployer that loads its versions.</summary>
    /// <value>none (nobody is asked)</value>
    public string? Deployer { get; set; }

    /// <summary>What an adapter is called, with <c>{version}</c> for MLflow's version; the value of <c>adapter</c> in rows.</summary>
    /// <value><c>v{version}</c></value>
    /// <remarks>Registered models that share a base model need different ones.</remarks>
    public string Version { get; set; } = "v{version}";
}
