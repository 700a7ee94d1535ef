namespace Drift.Load;

/// <summary>The rows of one model: what its server acknowledged against what it counted.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Acknowledged">Rows of distinct batches that were answered with 2xx.</param>
/// <param name="Unknown">Rows of batches whose outcome stayed unknown: they may count or not.</param>
/// <param name="Counted">By how much <c>rows</c> of <c>GET /v1/models/{m}</c> grew.</param>
internal sealed record ModelCount(string Model, long Acknowledged, long Unknown, long Counted)
{
    public bool IsExact => Counted >= Acknowledged && Counted <= Acknowledged + Unknown;
}
