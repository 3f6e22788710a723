using System.Text;
using Shale.Sql;

namespace Shale.DoSql;

/// <summary>
/// A text with points in time behind its tables, and how it is run: each of those tables is read in the schema that its version is attached as; the clauses are cut out. Parameters keep their
/// numbers. Immutable.
/// </summary>
internal sealed class PastText
{
    private readonly string _sql;
    private readonly TableRef[] _tables;
    private readonly (int Start, int End, int Number)[] _parameters;

    private PastText(string sql, TableRef[] tables, (int Start, int End, int Number)[] parameters) => (_sql, _tables, _parameters) = (sql, tables, parameters);

    /// <summary>The points, one for each table that has one.</summary>
    public IEnumerable<SystemTimePoint> Points => _tables.Select(table => table.Time!.Start!);

    /// <summary>Reads a text. Errors: SYNTAX_ERROR, TT_INVALID_SYNTAX; TT_NOT_SUPPORTED for periods. Null if no table has a point.</summary>
    public static PastText? Read(string sql, IReadOnlyList<(int Start, int End, int Number)> parameters)
    {
        var tables = SqlTree.All<TableRef>(SqlParser.Parse(sql, SqlDialect.Sqlite)).Where(table => table.Time is not null).OrderBy(table => table.Span.Start).ToArray();
        if (tables.Length == 0) return null;
        if (tables.FirstOrDefault(table => table.Time!.IsPeriod) is { } period)
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, "the versions of rows over a period cannot be read yet", hint: "Read single points: FOR SYSTEM_TIME AS OF TIMESTAMP '…'.",
                position: period.Time!.Span.Start + 1);
        }

        return new PastText(sql, tables, [.. parameters]);
    }

    /// <summary>The text with the tables in their schemas.</summary>
    /// <param name="schemas">The schema of each table that has a point, in the order of <see cref="Points"/>.</param>
    public string With(IReadOnlyList<string> schemas)
    {
        var text = new StringBuilder(_sql.Length + (schemas.Count * 32));
        var at = 0;
        for (var i = 0; i < _tables.Length; i++)
        {
            var name = _tables[i].Name;
            Copy(text, at, name.Span.Start);
            text.Append(schemas[i]).Append('.').Append(_sql, name.Name.Span.Start, name.Name.Span.Length);
            Copy(text, name.Span.Start + name.Span.Length, _tables[i].Time!.Span.Start);
            at = _tables[i].Time!.Span.Start + _tables[i].Time!.Span.Length;
        }

        Copy(text, at, _sql.Length);
        return text.ToString();
    }

    /// <summary>An expression of a point as a query of its own.</summary>
    public string Query(Expr expression)
    {
        var text = new StringBuilder("SELECT ");
        Copy(text, expression.Span.Start, expression.Span.Start + expression.Span.Length);
        return text.ToString();
    }

    // A part of the text, with the numbers that its parameters had in the whole.
    private void Copy(StringBuilder text, int from, int to)
    {
        foreach (var (start, end, number) in _parameters)
        {
            if (start < from || end > to) continue;
            text.Append(_sql, from, start - from).Append('?').Append(number);
            from = end;
        }

        text.Append(_sql, from, to - from);
    }
}
