using System.Buffers;

namespace Shale.Cli.Output;

/// <summary>Comma-separated values (RFC 4180) with a header; NULL is an empty field, an empty text a quoted one.</summary>
internal sealed class CsvResultWriter(TextWriter output) : IResultWriter
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public void Start(IReadOnlyList<Field> fields)
    {
        for (var i = 0; i < fields.Count; i++) Write(i, fields[i].Name);
        output.Write("\r\n");
    }

    public void Add(RowSet rows)
    {
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows[i];
            for (var column = 0; column < row.Length; column++) Write(column, Text(row[column]));
            output.Write("\r\n");
        }
    }

    public void End() => output.Flush();

    private static string? Text(SqlValue value) => value.Kind switch
    {
        SqlValueKind.Null => null,
        SqlValueKind.Blob => "\\x" + Convert.ToHexStringLower(value.AsBlob()),
        _ => value.ToString(),
    };

    private void Write(int column, string? text)
    {
        if (column > 0) output.Write(',');
        if (text is null) return;
        if (text.Length > 0 && !text.AsSpan().ContainsAny(Special))
        {
            output.Write(text);
            return;
        }
        output.Write('"');
        output.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        output.Write('"');
    }
}
