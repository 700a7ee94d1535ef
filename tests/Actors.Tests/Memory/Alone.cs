namespace Drift.Actors.Tests.Memory;

/// <summary>Tests that read what the whole process holds: they run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
