using Drift.Actors.Adapters;

namespace Drift.Actors.Local;

public sealed partial class LocalEngine
{
    /// <inheritdoc/>
    public IAdapterCatalogActor Adapters(string tenant, string baseModel) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAdapterActor Adapter(string tenant, string baseModel, string version) => throw new NotSupportedException();
}
