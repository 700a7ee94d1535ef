using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

/// <summary>A prepared statement of one connection. Every parameter is bound anew before each execution.</summary>
internal sealed class SqliteStatement(SqliteCommand command) : IDisposable
{
    private SqliteParameter? _blob;

    public SqliteStatement Bind(string name, string? value) => Set(name, SqliteType.Text, value);

    public SqliteStatement Bind(string name, long? value) => Set(name, SqliteType.Integer, value);

    /// <summary>SQLite has no NaN: it is stored as null.</summary>
    public SqliteStatement Bind(string name, double? value) => Set(name, SqliteType.Real, value is double.NaN ? null : value);

    public SqliteStatement Bind(string name, bool value) => Set(name, SqliteType.Integer, value ? 1L : 0L);

    public SqliteStatement Bind(string name, DateTimeOffset? value) =>
        Set(name, SqliteType.Integer, value is { } at ? StoredTime.ToMicroseconds(at) : null);

    public SqliteStatement Bind(string name, ReadOnlyMemory<byte> value)
    {
        var whole = MemoryMarshal.TryGetArray(value, out var segment) && segment.Array is { } array && segment.Count == array.Length;
        Set(name, SqliteType.Blob, whole ? segment.Array : value.ToArray());
        _blob = command.Parameters[name];
        return this;
    }

    /// <summary>Executes and gives the number of rows changed.</summary>
    public int Execute()
    {
        try
        {
            return command.ExecuteNonQuery();
        }
        finally
        {
            Forget();
        }
    }

    /// <summary>Executes and gives the first column of the first row; null when there is none.</summary>
    public long? Integer()
    {
        try
        {
            return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;
        }
        finally
        {
            Forget();
        }
    }

    public SqliteDataReader Query() => command.ExecuteReader();

    public void Dispose() => command.Dispose();

    // The statement lives as long as its connection; a payload should not.
    private void Forget()
    {
        if (_blob is not null)
            _blob.Value = DBNull.Value;
    }

    private SqliteStatement Set(string name, SqliteType type, object? value)
    {
        var index = command.Parameters.IndexOf(name);
        var parameter = index >= 0 ? command.Parameters[index] : command.Parameters.Add(name, type);
        parameter.Value = value ?? DBNull.Value;
        return this;
    }
}
