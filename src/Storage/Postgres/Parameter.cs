using Npgsql;
using NpgsqlTypes;

namespace Drift.Storage.Postgres;

/// <summary>Typed parameters, for <c>$1</c>, <c>$2</c>, …</summary>
internal static class Parameter
{
    public static NpgsqlParameter Text(string? value) => new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Json(string? value) => new NpgsqlParameter<string?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Jsonb };

    public static NpgsqlParameter Short(short value) => new NpgsqlParameter<short> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Smallint };

    public static NpgsqlParameter Integer(int value) => new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer };

    public static NpgsqlParameter Long(long value) => new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Long(long? value) => new NpgsqlParameter<long?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Real(double? value) => new NpgsqlParameter<double?> { TypedValue = Finite(value), NpgsqlDbType = NpgsqlDbType.Double };

    public static NpgsqlParameter Boolean(bool value) => new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter Time(DateTimeOffset value) =>
        new NpgsqlParameter<DateTime> { TypedValue = StoredTime.ToDateTime(value), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Time(DateTimeOffset? value) =>
        new NpgsqlParameter<DateTime?> { TypedValue = value is { } at ? StoredTime.ToDateTime(at) : null, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Bytes(ReadOnlyMemory<byte> value) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    /// <summary>One value per item, for <c>unnest</c>.</summary>
    public static NpgsqlParameter Texts<T>(IReadOnlyCollection<T> items, Func<T, string?> value) =>
        Array(items, value, NpgsqlDbType.Text);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Longs<T>(IReadOnlyCollection<T> items, Func<T, long> value) =>
        Array(items, value, NpgsqlDbType.Bigint);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Integers<T>(IReadOnlyCollection<T> items, Func<T, int> value) =>
        Array(items, value, NpgsqlDbType.Integer);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Shorts<T>(IReadOnlyCollection<T> items, Func<T, short> value) =>
        Array(items, value, NpgsqlDbType.Smallint);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Binaries<T>(IReadOnlyCollection<T> items, Func<T, ReadOnlyMemory<byte>> value) =>
        Array(items, value, NpgsqlDbType.Bytea);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Reals<T>(IReadOnlyCollection<T> items, Func<T, double?> value) =>
        Array(items, item => Finite(value(item)), NpgsqlDbType.Double);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Booleans<T>(IReadOnlyCollection<T> items, Func<T, bool> value) =>
        Array(items, value, NpgsqlDbType.Boolean);

    /// <inheritdoc cref="Texts"/>
    public static NpgsqlParameter Times<T>(IReadOnlyCollection<T> items, Func<T, DateTimeOffset?> value) =>
        Array(items, item => value(item) is { } at ? StoredTime.ToDateTime(at) : (DateTime?)null, NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter<TValue[]> Array<T, TValue>(IReadOnlyCollection<T> items, Func<T, TValue> value, NpgsqlDbType type)
    {
        var values = new TValue[items.Count];
        var index = 0;
        foreach (var item in items)
            values[index++] = value(item);

        return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }

    /// <summary>None for NaN: as in SQLite, which has none.</summary>
    public static double? Finite(double? value) => value is double.NaN ? null : value;
}
