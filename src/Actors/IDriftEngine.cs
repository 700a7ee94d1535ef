namespace Drift.Actors;

/// <summary>What hosts the actors: the only door from API and console to them. Thread-safe.</summary>
public interface IDriftEngine
{
    /// <summary>The actor of a model; it comes to life with its first call.</summary>
    IModelActor Model(ModelId id);

    /// <summary>The actor that lists a tenant's models.</summary>
    ICatalogActor Catalog(string tenant);
}
