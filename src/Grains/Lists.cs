namespace Drift.Grains;

/// <summary>Lists on their way to another silo.</summary>
internal static class Lists
{
    /// <summary>A list as an array: other implementations of the interface may have no name that another silo knows.</summary>
    public static async Task<IReadOnlyList<T>> ToWireAsync<T>(Task<IReadOnlyList<T>> list) => (await list).ToArray();
}
