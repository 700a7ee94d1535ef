using System.ComponentModel;
using Drift.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Drift.Storage.Tests.Support;

/// <summary>A fact of a contract. In a class whose name starts with <c>Postgres</c> it needs PostgreSQL, and is skipped where there is none.</summary>
[XunitTestCaseDiscoverer("Drift.Storage.Tests.Support.StoreFactDiscoverer", "Drift.Storage.Tests")]
public sealed class StoreFactAttribute : FactAttribute;

public sealed class StoreFactDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new StoreTestCase(diagnostics, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

public sealed class StoreTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For the deserializer.")]
    public StoreTestCase()
    {
    }

    public StoreTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.Name.Split('.')[^1].StartsWith("Postgres", StringComparison.Ordinal)
            ? new PostgresFactAttribute().Skip
            : null;
}
