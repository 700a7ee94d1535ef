using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Drift.Grains.Tests.Serialization;

/// <summary>Makes a value of any contract type with no member at its default, so that one that does not travel is noticed.</summary>
internal static class ContractValues
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static object Fill(Type type, int depth = 0)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return $"text-{depth}";
        if (type == typeof(bool))
            return true;
        if (type == typeof(byte[]))
            return new byte[] { 1, 2, 250 };
        if (type == typeof(ReadOnlyMemory<byte>))
            return new ReadOnlyMemory<byte>([3, 4]);
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2026, 11, 20, 12, 30, 15, TimeSpan.FromHours(1));
        if (type == typeof(TimeSpan))
            return TimeSpan.FromSeconds(90);
        if (type == typeof(double))
            return double.PositiveInfinity;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type.IsPrimitive)
            return Convert.ChangeType(7 + depth, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsArray)
            return Items(type.GetElementType()!, depth);
        if (type.IsGenericType && type.GetGenericArguments() is [var element] && type.IsAssignableFrom(element.MakeArrayType()))
            return Items(element, depth);
        if (type.IsGenericType && type.GetGenericArguments() is [var item] && type == typeof(ImmutableArray<>).MakeGenericType(item))
        {
            return typeof(ContractValues).GetMethod(nameof(Immutable), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(item).Invoke(null, [Items(item, depth)])!;
        }

        if (type.IsGenericType && type.GetGenericArguments() is [var key, var value])
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
            dictionary.Add(Fill(key, depth + 1), Fill(value, depth + 1));
            return dictionary;
        }

        var instance = RuntimeHelpers.GetUninitializedObject(type);
        for (var at = type; at is not null && at != typeof(object); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
                field.SetValue(instance, Fill(field.FieldType, depth + 1));
        }

        return instance;
    }

    private static Array Items(Type element, int depth)
    {
        var items = Array.CreateInstance(element, 1);
        items.SetValue(Fill(element, depth + 1), 0);
        return items;
    }

    private static ImmutableArray<T> Immutable<T>(T[] items) => [.. items];
}
