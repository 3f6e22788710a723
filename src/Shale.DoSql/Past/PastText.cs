using System.Text;
using Shale.Sql;

namespace Shale.DoSql;

/// <summary>
/// A text with points in time or periods behind its tables, and how it is run: each of those tables is read as the relation that its version, or its versions, are attached as; the clauses are cut
/// out. Parameters keep their numbers. Immutable.
/// </summary>
internal sealed class PastText
{
    private readonly string _sql;
    private readonly TableRef[] _tables;
    private readonly (int Start, int End, int Number)[] _parameters;

    private PastText(string sql, TableRef[] tables, (int Start, int End, int Number)[] parameters) => (_sql, _tables, _parameters) = (sql, tables, parameters);

    /// <summary>The tables that have a point or a period, in the order of the text.</summary>
    public IReadOnlyList<TableRef> Tables => _tables;

    /// <summary>Reads a text. Errors: SYNTAX_ERROR, TT_INVALID_SYNTAX. Null if no table has a point.</summary>
    public static PastText? Read(string sql, IReadOnlyList<(int Start, int End, int Number)> parameters)
    {
        var tables = SqlTree.All<TableRef>(SqlParser.Parse(sql, SqlDialect.Sqlite)).Where(table => table.Time is not null).OrderBy(table => table.Span.Start).ToArray();
        return tables.Length == 0 ? null : new PastText(sql, tables, [.. parameters]);
    }

    /// <summary>The text with the relations that stand for the tables.</summary>
    /// <param name="names">The schema that a table at a point is in, or the relation of a table in a period, in the order of <see cref="Tables"/>.</param>
    public string With(IReadOnlyList<string> names)
    {
        var text = new StringBuilder(_sql.Length + (names.Count * 32));
        var at = 0;
        for (var i = 0; i < _tables.Length; i++)
        {
            var name = _tables[i].Name;
            Copy(text, at, name.Span.Start);
            text.Append(names[i]);
            if (!_tables[i].Time!.IsPeriod) text.Append('.').Append(_sql, name.Name.Span.Start, name.Name.Span.Length);
            else if (_tables[i].Alias is null) text.Append(" AS ").Append(_sql, name.Name.Span.Start, name.Name.Span.Length);
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
