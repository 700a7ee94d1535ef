namespace Drift.Support.Tests;

public sealed class RepositoryTests
{
    [Fact]
    public void The_root_holds_the_solution()
        => Assert.True(File.Exists(Path.Combine(Repository.Root, "Orleans.Drift.sln")));
}
