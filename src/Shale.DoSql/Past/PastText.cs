using System.Text;
using Shale.Sql;

namespace Shale.DoSql;

/// <summary>
/// A text with points in time or periods behind its tables, and how it is run: each of those tables is read as the relation that its version, or its versions, are attached as; the clauses are cut
/// out. Parameters keep their numbers. Or one that begins a transaction in the past. Immutable.
/// </summary>
internal sealed class PastText
{
    private readonly string _sql;
    private readonly TableRef[] _tables;
    private readonly (int Start, int End, int Number)[] _parameters;

    private PastText(string sql, TableRef[] tables, (int Start, int End, int Number)[] parameters) => (_sql, _tables, _parameters) = (sql, tables, parameters);

    /// <summary>The tables that have a point or a period, in the order of the text.</summary>
    public IReadOnlyList<TableRef> Tables => _tables;

    /// <summary>The point of the transaction that it begins, or that runs; null for another text.</summary>
    public SystemTimePoint? OfTransaction { get; private init; }

    /// <summary>Reads a text. Errors: SYNTAX_ERROR, TT_INVALID_SYNTAX. Null if it has no point.</summary>
    public static PastText? Read(string sql, IReadOnlyList<(int Start, int End, int Number)> parameters)
    {
        var statement = Parse(sql);
        var tables = SqlTree.All<TableRef>(statement).Where(table => table.Time is not null).OrderBy(table => table.Span.Start).ToArray();
        if (tables.Length > 0)
        {
            RefuseDefinitions(statement, tables[0]);
            RefuseCommonTables(statement);
        }

        var point = statement switch
        {
            BeginStatement begin => begin.AsOf,
            SetStatement set => set.AsOf,
            _ => null,
        };
        return tables.Length == 0 && point is null ? null : new PastText(sql, tables, [.. parameters]) { OfTransaction = point };
    }

    /// <summary>Reads a text into a tree. START TRANSACTION is PostgreSQL's way to write BEGIN. Errors: SYNTAX_ERROR, TT_INVALID_SYNTAX.</summary>
    public static Statement Parse(string sql) =>
        SqlParser.Parse(sql, sql.AsSpan().TrimStart().StartsWith("START", StringComparison.OrdinalIgnoreCase) ? SqlDialect.Postgres : SqlDialect.Sqlite);

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

    // What is kept would name a relation of this statement.
    private static void RefuseDefinitions(Statement statement, TableRef table)
    {
        if (statement is SelectStatement or InsertStatement or UpdateStatement or DeleteStatement or ExplainStatement or CreateTableStatement { AsQuery: not null }) return;
        throw new VitessException(ErrorCodes.TimeTravelNotSupported, "a view or a trigger cannot read the past", hint: "Name the point in the statement that reads the view's tables, or keep what it reads: CREATE TABLE … AS SELECT.",
            position: table.Time!.Span.Start + 1);
    }

    // Of a name that is a common table the stored table would be read.
    private static void RefuseCommonTables(Statement root)
    {
        foreach (var statement in SqlTree.All<Statement>(root))
        {
            var with = statement switch
            {
                SelectStatement select => select.With,
                InsertStatement insert => insert.With,
                UpdateStatement update => update.With,
                DeleteStatement delete => delete.With,
                _ => null,
            };
            foreach (var common in with?.Tables ?? [])
            {
                var own = SqlTree.All<TableRef>(common);
                var wrong = SqlTree.All<TableRef>(statement).FirstOrDefault(table => table is { Time: not null, Name.Schema: null }
                    && table.Name.Name.Name.Equals(common.Name.Name, StringComparison.OrdinalIgnoreCase) && !own.Any(each => ReferenceEquals(each, table)));
                if (wrong is null) continue;
                throw new VitessException(ErrorCodes.InvalidPoint, $"\"{wrong.Name.Name.Name}\" is a common table, which has no history", hint: "Write FOR SYSTEM_TIME behind the stored tables that it reads.",
                    position: wrong.Time!.Span.Start + 1);
            }
        }
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
