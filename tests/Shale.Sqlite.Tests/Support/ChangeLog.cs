using Shale.Sqlite;

namespace Shale.Sqlite.Tests;

/// <summary>Records of changed rows, for people and for other databases.</summary>
internal static class ChangeLog
{
    /// <summary>A line for each change: + of a new row, - of a deleted one, ~ of both; ! of a statement.</summary>
    public static List<string> Lines(ReadOnlySpan<byte> record)
    {
        var lines = new List<string>();
        var reader = new RowChangeReader(record);
        while (reader.Read())
        {
            lines.Add(reader.Kind switch
            {
                RowChangeKind.Definition => "! " + reader.Statement,
                RowChangeKind.Insert => $"+{reader.Table.Name}{RowId(reader, reader.NewRowId)} {New(reader)}",
                RowChangeKind.Delete => $"-{reader.Table.Name}{RowId(reader, reader.OldRowId)} {Old(reader)}",
                _ => $"~{reader.Table.Name}{RowId(reader, reader.OldRowId)}{(reader.NewRowId != reader.OldRowId && reader.Table.HasRowIdOfItsOwn ? RowId(reader, reader.NewRowId) : "")} {Old(reader)} > {New(reader)}",
            });
        }

        return lines;
    }

    /// <summary>Does the changes again on a plain database.</summary>
    public static void Replay(ReadOnlySpan<byte> record, SqliteConnection target)
    {
        var reader = new RowChangeReader(record);
        while (reader.Read())
        {
            if (reader.Kind == RowChangeKind.Definition)
            {
                target.Run(reader.Statement);
                continue;
            }

            var columns = Columns(target, reader.Table);
            var values = new List<SqlValue>();
            var where = Where(reader, columns, values);
            var set = Settable(reader, columns, values);
            _ = reader.Kind switch
            {
                RowChangeKind.Insert => target.Rows($"INSERT INTO \"{reader.Table.Name}\" ({string.Join(", ", set.Select(each => each.Name))}) VALUES ({string.Join(", ", set.Select(each => $"?{each.Parameter}"))})", [.. values]),
                RowChangeKind.Delete => target.Rows($"DELETE FROM \"{reader.Table.Name}\" WHERE {where}", [.. values]),
                _ => target.Rows($"UPDATE \"{reader.Table.Name}\" SET {string.Join(", ", set.Select(each => $"{each.Name} = ?{each.Parameter}"))} WHERE {where}", [.. values]),
            };
            Assert.Equal(1, target.Changes);
        }
    }

    private static string RowId(in RowChangeReader reader, long rowId) => reader.Table.HasRowIdOfItsOwn ? $"#{rowId}" : "";

    private static string Old(RowChangeReader reader)
    {
        var texts = new List<string>();
        for (var i = 0; i < reader.Table.ColumnCount; i++) texts.Add(Sql.Text(reader.Old(i)));
        return string.Join('|', texts);
    }

    private static string New(RowChangeReader reader)
    {
        var texts = new List<string>();
        for (var i = 0; i < reader.Table.ColumnCount; i++) texts.Add(reader.Kind == RowChangeKind.Update && !reader.IsChanged(i) ? "." : Sql.Text(reader.New(i)));
        return string.Join('|', texts);
    }

    private static List<(string Name, bool IsGenerated)> Columns(SqliteConnection target, ChangedTable table)
    {
        var columns = target.Rows($"SELECT hidden, name FROM pragma_table_xinfo(?) WHERE hidden <> 2", SqlValue.Text(table.Name))
            .ConvertAll(row => ("\"" + row[2..] + "\"", row[0] != '0'));
        Assert.Equal(table.ColumnCount, columns.Count);
        return columns;
    }

    private static string Where(in RowChangeReader reader, List<(string Name, bool IsGenerated)> columns, List<SqlValue> values)
    {
        if (reader.Kind == RowChangeKind.Insert) return "";
        if (!reader.Table.IsWithoutRowId)
        {
            values.Add(SqlValue.Integer(reader.OldRowId));
            return "rowid = ?1";
        }

        var terms = new List<string>();
        foreach (var column in reader.Table.Key)
        {
            values.Add(reader.Old(column));
            terms.Add($"{columns[column].Name} = ?{values.Count}");
        }

        return string.Join(" AND ", terms);
    }

    private static List<(string Name, int Parameter)> Settable(in RowChangeReader reader, List<(string Name, bool IsGenerated)> columns, List<SqlValue> values)
    {
        var set = new List<(string, int)>();
        if (reader.Kind == RowChangeKind.Delete) return set;
        if (reader.Table.HasRowIdOfItsOwn)
        {
            values.Add(SqlValue.Integer(reader.NewRowId));
            set.Add(("rowid", values.Count));
        }

        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].IsGenerated) continue;
            values.Add(reader.New(i));
            set.Add((columns[i].Name, values.Count));
        }

        return set;
    }
}
