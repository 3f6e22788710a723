using System.Runtime.InteropServices;
using Shale.Sql;

namespace Shale.Sqlite;

/// <summary>A column of a <see cref="TableShape"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As the definition has it; may be empty.</param>
/// <param name="DefaultText">Its default as SQL; null for none.</param>
/// <param name="Stored">Its place among the stored columns; -1 for a virtual generated one.</param>
internal sealed record ShapeColumn(string Name, string Type, string? DefaultText, int Stored);

/// <summary>A column of a primary key.</summary>
/// <param name="Column">Its place among the table's columns.</param>
/// <param name="Collation">By which the key is unique.</param>
internal readonly record struct KeyColumn(int Column, string Collation);

/// <summary>A table as one version of the database has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">All columns that a star stands for.</param>
/// <param name="Key">The primary key, in its order; empty for none.</param>
/// <param name="IsRecorded">Whether changes of its rows are in the log: not SQLite's own tables, and not those in which virtual tables keep what they have.</param>
internal sealed record TableShape(string Name, IReadOnlyList<ShapeColumn> Columns, IReadOnlyList<KeyColumn> Key, bool IsRecorded)
{
    /// <summary>How many columns are stored.</summary>
    public int StoredCount => Columns.Count(column => column.Stored >= 0);

    /// <summary>Reads one; null if there is no table of that name, or it is a view or a virtual table.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="schema">What the database is called there.</param>
    /// <param name="name">The table, in any case.</param>
    public static TableShape? Read(SqliteConnection connection, string schema, string name)
    {
        SqlValue[] table = [SqlValue.Text(name), SqlValue.Text(schema)];
        var (real, kind) = (name, "");
        connection.ReadTrusted("SELECT name, type FROM pragma_table_list(?1) WHERE schema = ?2", row => (real, kind) = (row.Column(0).AsText(), row.Column(1).AsText()), table);
        if (kind is not ("table" or "shadow")) return null;
        var columns = new List<ShapeColumn>();
        var keyPlaces = new List<int>();
        var stored = 0;
        connection.ReadTrusted("SELECT name, type, dflt_value, pk, hidden FROM pragma_table_xinfo(?1, ?2)", row =>
        {
            const int Virtual = 2;
            if (row.Column(3).AsInteger() > 0) keyPlaces.Add(columns.Count);
            columns.Add(new ShapeColumn(row.Column(0).AsText(), row.Column(1).AsText(), row.Column(2) is { IsNull: false } text ? text.AsText() : null, row.Column(4).AsInteger() == Virtual ? -1 : stored++));
        }, table);
        var key = new List<KeyColumn>();
        var index = connection.QueryTrusted("SELECT name FROM pragma_index_list(?1, ?2) WHERE origin = 'pk'", table);
        if (index.IsNull) key.AddRange(keyPlaces.Select(place => new KeyColumn(place, "BINARY")));
        else
        {
            connection.ReadTrusted("SELECT cid, coll FROM pragma_index_xinfo(?1, ?2) WHERE key = 1 ORDER BY seqno",
                row => key.Add(new KeyColumn((int)row.Column(0).AsInteger(), row.Column(1).AsText().ToUpperInvariant())), index, SqlValue.Text(schema));
        }

        return new TableShape(real, columns, key, kind == "table" && !real.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The place of a column; -1 if there is none of that name.</summary>
    public int Find(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name.Equals(column, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    /// <summary>The collation by which a column's values are compared.</summary>
    public unsafe string CollationOf(SqliteConnection connection, ShapeColumn column)
    {
        byte* type, collation;
        int notNull, primaryKey, autoIncrement;
        fixed (byte* table = Utf8.Terminated(Name), name = Utf8.Terminated(column.Name))
        {
            fixed (byte* main = "main\0"u8)
            {
                var code = Native.sqlite3_table_column_metadata(connection.Handle, main, table, name, &type, &collation, &notNull, &primaryKey, &autoIncrement);
                if (code != SqliteCode.Ok) throw connection.Failure(code);
            }
        }

        return Marshal.PtrToStringUTF8((nint)collation) ?? "BINARY";
    }

    /// <summary>Whether the rows of both are told apart by the same: keys of columns of the same names, collations and affinities.</summary>
    public bool HasKeyOf(TableShape other)
    {
        if (Key.Count != other.Key.Count) return false;
        for (var i = 0; i < Key.Count; i++)
        {
            if (Key[i].Collation != other.Key[i].Collation || !IsAlike(Columns[Key[i].Column], other.Columns[other.Key[i].Column])) return false;
        }

        return true;
    }

    private static bool IsAlike(ShapeColumn one, ShapeColumn other) =>
        one.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase) && SqliteAffinity.Of(one.Type) == SqliteAffinity.Of(other.Type);
}
