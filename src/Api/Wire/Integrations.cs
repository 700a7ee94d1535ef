using Drift.Core.Adapters;

namespace Drift.Api.Wire;

/// <summary>What became of a delivery of another system.</summary>
internal sealed record IntegrationReceipt
{
    /// <summary>The delivery's id.</summary>
    public required string DeliveryId { get; init; }

    /// <summary><c>done</c>, <c>ignored</c>: it concerns nothing here, or <c>duplicate</c>: it was taken before.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why it was ignored.</summary>
    public string? Detail { get; init; }

    /// <summary>The base model of the adapter.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The adapter.</summary>
    public string? Version { get; init; }

    /// <summary>Its state now.</summary>
    public AdapterState? State { get; init; }

    /// <summary>Its role now.</summary>
    public AdapterRole? Role { get; init; }
}
