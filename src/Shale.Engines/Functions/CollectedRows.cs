namespace Shale.Engines;

/// <summary>Rows that an aggregate has collected on one shard, as bytes for the merge: how to order them, their width, then cell after cell, each with its kind.</summary>
internal static class CollectedRows
{
    /// <summary>Writes rows; NULL for none.</summary>
    public static SqlValue Write(string spec, List<SqlValue[]> rows)
    {
        if (rows.Count == 0) return SqlValue.Null;
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(spec);
        writer.Write7BitEncodedInt(rows.Count);
        writer.Write7BitEncodedInt(rows[0].Length);
        foreach (var row in rows)
        {
            foreach (var cell in row) Write(writer, cell);
        }

        writer.Flush();
        return SqlValue.Blob(bytes.ToArray());
    }

    /// <summary>Reads rows, and how they are ordered.</summary>
    public static string Read(SqlValue written, List<SqlValue[]> into)
    {
        using var reader = new BinaryReader(new MemoryStream(written.AsBlob()));
        var spec = reader.ReadString();
        var count = reader.Read7BitEncodedInt();
        var width = reader.Read7BitEncodedInt();
        for (var i = 0; i < count; i++)
        {
            var row = new SqlValue[width];
            for (var cell = 0; cell < width; cell++) row[cell] = Read(reader);
            into.Add(row);
        }

        return spec;
    }

    private static void Write(BinaryWriter writer, SqlValue cell)
    {
        writer.Write((byte)cell.Kind);
        switch (cell.Kind)
        {
            case SqlValueKind.Integer or SqlValueKind.Boolean:
                writer.Write(cell.AsInteger());
                break;
            case SqlValueKind.Real:
                writer.Write(cell.AsReal());
                break;
            case SqlValueKind.Text:
                writer.Write(cell.AsText());
                break;
            case SqlValueKind.Blob:
                writer.Write7BitEncodedInt(cell.AsBlob().Length);
                writer.Write(cell.AsBlob());
                break;
        }
    }

    private static SqlValue Read(BinaryReader reader) => (SqlValueKind)reader.ReadByte() switch
    {
        SqlValueKind.Integer => SqlValue.Integer(reader.ReadInt64()),
        SqlValueKind.Boolean => SqlValue.Boolean(reader.ReadInt64() != 0),
        SqlValueKind.Real => SqlValue.Real(reader.ReadDouble()),
        SqlValueKind.Text => SqlValue.Text(reader.ReadString()),
        SqlValueKind.Blob => SqlValue.Blob(reader.ReadBytes(reader.Read7BitEncodedInt())),
        _ => SqlValue.Null,
    };
}
