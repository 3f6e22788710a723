using System.Text;

namespace Shale.Cli.Output;

/// <summary>Aligned tables like psql's; with <paramref name="expanded"/> one line for each column.</summary>
internal sealed class TableResultWriter(TextWriter output, bool expanded, bool rowCount = true) : IResultWriter
{
    private readonly List<string[]> _rows = [];
    private IReadOnlyList<Field> _fields = [];

    public void Start(IReadOnlyList<Field> fields)
    {
        _fields = fields;
        _rows.Clear();
    }

    public void Add(RowSet rows)
    {
        for (var i = 0; i < rows.RowCount; i++)
        {
            var cells = new string[_fields.Count];
            for (var column = 0; column < cells.Length; column++) cells[column] = CellText.Of(rows[i][column]);
            _rows.Add(cells);
        }
    }

    public void End()
    {
        if (expanded) WriteExpanded();
        else WriteTable();
        if (rowCount) output.WriteLine(_rows.Count == 1 ? "(1 row)" : $"({_rows.Count} rows)");
        output.WriteLine();
        _rows.Clear();
    }

    private void WriteTable()
    {
        var widths = new int[_fields.Count];
        for (var column = 0; column < widths.Length; column++)
        {
            widths[column] = CellText.Width(_fields[column].Name);
            foreach (var row in _rows) widths[column] = Math.Max(widths[column], CellText.Width(row[column]));
        }
        var line = new StringBuilder();
        for (var column = 0; column < widths.Length; column++)
        {
            var gap = widths[column] - CellText.Width(_fields[column].Name);
            Append(line, column, new string(' ', gap / 2) + _fields[column].Name + new string(' ', gap - (gap / 2)));
        }
        output.WriteLine(line.ToString().TrimEnd());
        output.WriteLine(string.Join('+', widths.Select(width => new string('-', width + 2))));
        foreach (var row in _rows)
        {
            line.Clear();
            for (var column = 0; column < widths.Length; column++)
            {
                var gap = new string(' ', widths[column] - CellText.Width(row[column]));
                Append(line, column, IsNumber(_fields[column].Type) ? gap + row[column] : row[column] + gap);
            }
            output.WriteLine(line.ToString().TrimEnd());
        }
    }

    private static void Append(StringBuilder line, int column, string cell) => line.Append(column == 0 ? " " : " | ").Append(cell);

    private void WriteExpanded()
    {
        var width = _fields.Count == 0 ? 0 : _fields.Max(field => CellText.Width(field.Name));
        for (var i = 0; i < _rows.Count; i++)
        {
            output.WriteLine($"-[ row {i + 1} ]".PadRight(width + 20, '-'));
            for (var column = 0; column < _fields.Count; column++)
            {
                var name = _fields[column].Name;
                output.WriteLine($"{name}{new string(' ', width - CellText.Width(name))} | {_rows[i][column]}");
            }
        }
    }

    private static bool IsNumber(string type) => type is "int2" or "int4" or "int8" or "float4" or "float8" or "numeric";
}
