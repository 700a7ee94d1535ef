using System.Reflection;
using System.Text;
using System.Text.Json;
using Drift.Actors;
using Drift.Grains.Serialization;
using Drift.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Drift.Grains.Tests.Serialization;

public sealed class ContractTests
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddDriftContracts().BuildServiceProvider();

    public static TheoryData<string> Carried => [.. Contracts.Carried.Select(t => t.ToString())];

    [Theory]
    [MemberData(nameof(Carried))]
    public void What_a_call_carries_arrives_with_every_member(string type)
    {
        var carried = Contracts.Carried.Single(t => t.ToString() == type);
        var value = ContractValues.Fill(carried);
        var serializer = Services.GetRequiredService<Serializer>();

        var arrived = serializer.Deserialize<object>(serializer.SerializeToArray<object>(value));

        Assert.Equal(value.GetType(), arrived!.GetType());
        Assert.Equal(JsonSerializer.Serialize(value, DriftContracts.Json), JsonSerializer.Serialize(arrived, DriftContracts.Json));
        Assert.Equivalent(value, arrived, strict: true);
    }

    [Fact]
    public void An_actors_refusal_arrives_as_itself()
    {
        var serializer = Services.GetRequiredService<Serializer>();
        var refusal = new DriftException(DriftError.SchemaViolation, "Row 3 breaks the schema.", new InvalidOperationException("a cause that stays"))
        {
            Fields = new Dictionary<string, string[]> { ["age"] = ["is no number"] },
        };

        var arrived = Assert.IsType<DriftException>(serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(refusal)));

        Assert.Equal((DriftError.SchemaViolation, "Row 3 breaks the schema."), (arrived.Error, arrived.Message));
        Assert.Equal(["is no number"], arrived.Fields!["age"]);
    }

    [Fact]
    public void A_batch_crosses_silos_in_hardly_more_than_its_bytes_and_is_not_copied_within_one()
    {
        var batch = new IngestBatch { BatchIds = ["b-1"], Rows = 1000, Delta = [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)] };

        Assert.InRange(Services.GetRequiredService<Serializer>().SerializeToArray(batch).Length, 10_000, 10_100);
        Assert.Same(batch, Services.GetRequiredService<DeepCopier>().Copy(batch));
    }

    [Fact]
    public void Members_that_another_version_added_are_left_and_those_that_it_lacks_are_absent()
    {
        var newer = JsonSerializer.Deserialize<LabelBatch>("""{"BatchId": "b", "Added": {"Later": [1]}}""", DriftContracts.Json)!;

        Assert.Equal(("b", 0), (newer.BatchId, newer.Labels.Count));
    }

    /// <summary>
    /// The contracts as text. A line that vanishes or changes is a call that silos of two versions understand differently: an upgrade while
    /// the cluster runs would fail. Lines may be added.
    /// </summary>
    [Fact]
    public void Contracts_only_grow()
    {
        var path = Path.Combine(Repository.Root, "tests", "Grains.Tests", "Golden", "contracts.txt");
        var now = Dump();
        if (Environment.GetEnvironmentVariable("DRIFT_UPDATE_GOLDEN") == "1")
            File.WriteAllLines(path, now);

        var golden = File.ReadAllLines(path);

        Assert.Equal([], golden.Except(now));
        var added = now.Except(golden).ToArray();
        Assert.True(
            added.Length == 0,
            $"New in the contracts, check that each is optional, then run this test once with DRIFT_UPDATE_GOLDEN=1:\n{string.Join('\n', added)}");
    }

    private static string[] Dump()
    {
        var lines = new List<string>();
        foreach (var grain in Contracts.Interfaces)
        {
            var alias = grain.GetCustomAttributes(typeof(AliasAttribute), false).Cast<AliasAttribute>().Single().Alias;
            foreach (var method in Contracts.MethodsOf(grain))
                lines.Add($"call {alias} {method.DeclaringType!.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))}) -> {Name(Contracts.ResultOf(method))}");
        }

        foreach (var type in Contracts.Types)
        {
            if (type.IsEnum)
                lines.AddRange(Enum.GetValues(type).Cast<object>().Select(v => $"enum {type.FullName}.{v} = {Convert.ToInt64(v, System.Globalization.CultureInfo.InvariantCulture)}"));
            else
                lines.AddRange(type.GetProperties().Where(p => p.CanRead).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"member {type.FullName}.{p.Name}: {Name(p.PropertyType)}"));
        }

        foreach (var surrogate in typeof(DriftContracts).Assembly.GetTypes().Where(t => t.IsDefined(typeof(GenerateSerializerAttribute), false)))
        {
            var alias = surrogate.GetCustomAttribute<AliasAttribute>()!.Alias;
            lines.AddRange(surrogate.GetFields().Select(f => $"field {alias} {f.GetCustomAttribute<IdAttribute>()!.Id}: {Name(f.FieldType)} {f.Name}").Order(StringComparer.Ordinal));
        }

        return [.. lines];
    }

    private static string Name(Type type)
    {
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (!type.IsGenericType)
            return type.Name;
        var name = new StringBuilder(type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]);
        return name.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Name)).Append('>').ToString();
    }
}
