using System.Text.Json;
using System.Text.Json.Serialization;
using Drift.Actors;
using Drift.Core.Detection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;

namespace Drift.Grains.Serialization;

/// <summary>
/// How the records of the actors' interfaces travel between silos: as JSON, so that a silo of another version reads what it knows and
/// leaves the rest. Within a silo they are handed over and not copied, because they are immutable.
/// </summary>
public static class DriftContracts
{
    /// <summary>The JSON of contract records. Members are added only, and only optional ones.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Registers the contracts in a silo or a client.</summary>
    public static IServiceCollection AddDriftContracts(this IServiceCollection services) => services.AddSerializer(serializer =>
    {
        serializer.AddJsonSerializer(IsContract, IsNeverCopied, options => options.Configure(json => json.SerializerOptions = Json));
        serializer.Services.AddSingleton<IGeneralizedCopier, ContractCopier>();
    });

    /// <summary>Whether a type is one of ours that calls carry.</summary>
    public static bool IsContract(Type type) =>
        (type.Assembly == typeof(IModelActor).Assembly || type.Assembly == typeof(Verdict).Assembly) && !type.IsAssignableTo(typeof(Exception));

    private static bool IsNeverCopied(Type type) => false;

    private sealed class ContractCopier : IGeneralizedCopier
    {
        public bool IsSupportedType(Type type) => IsContract(type);

        public object? DeepCopy(object? input, CopyContext context) => input;
    }
}
