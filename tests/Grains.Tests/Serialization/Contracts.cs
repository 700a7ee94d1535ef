using System.Reflection;
using Drift.Grains.Interfaces;
using Drift.Grains.Serialization;

namespace Drift.Grains.Tests.Serialization;

/// <summary>Everything that calls between silos carry, found from the grain interfaces.</summary>
internal static class Contracts
{
    /// <summary>The grain interfaces.</summary>
    public static IReadOnlyList<Type> Interfaces { get; } =
        [.. typeof(IModelGrain).Assembly.GetTypes().Where(t => t.IsInterface && t.IsAssignableTo(typeof(IGrainWithStringKey))).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>The methods that can be called on a grain interface, with those it has from its actor.</summary>
    public static IEnumerable<MethodInfo> MethodsOf(Type grain) => grain.GetInterfaces()
        .Where(i => DriftContracts.IsContract(i))
        .SelectMany(i => i.GetMethods())
        .Concat(grain.GetMethods())
        .OrderBy(m => m.Name, StringComparer.Ordinal);

    /// <summary>Arguments and results themselves, as they are declared.</summary>
    public static IReadOnlyList<Type> Carried { get; } = [.. Interfaces.SelectMany(MethodsOf)
        .SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(ResultOf(m)))
        .Where(t => t != typeof(CancellationToken) && t != typeof(void))
        .Distinct()
        .OrderBy(t => t.ToString(), StringComparer.Ordinal)];

    /// <summary>Our own types among them and within them.</summary>
    public static IReadOnlyList<Type> Types
    {
        get
        {
            var seen = new HashSet<Type>();
            foreach (var type in Carried)
                Visit(type, seen);
            return [.. seen.OrderBy(t => t.FullName, StringComparer.Ordinal)];
        }
    }

    public static Type ResultOf(MethodInfo method) =>
        method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(void);

    private static void Visit(Type type, HashSet<Type> seen)
    {
        foreach (var part in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
            Visit(part, seen);
        if (type.IsArray || type.IsGenericType || !DriftContracts.IsContract(type) || !seen.Add(type))
            return;
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            Visit(property.PropertyType, seen);
    }
}
