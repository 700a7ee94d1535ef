namespace Drift.Core.Adapters;

/// <summary>What a LoRA version serves as, or will when it is loaded.</summary>
public enum AdapterRole
{
    /// <summary>It answers a share of the requests and is compared with the champion.</summary>
    Canary,

    /// <summary>It is the one that answers. A base model has one at most.</summary>
    Champion,
}
