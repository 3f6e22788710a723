using System.Text;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Runs the SQL of a block: names of variables become parameters, once for each text. Not thread-safe.</summary>
internal sealed class BlockSql(SessionStatements statements, BlockVariables variables)
{
    private readonly Dictionary<PlText, Prepared> _prepared = new(ReferenceEqualityComparer.Instance);

    /// <summary>A text with parameters in place of the variables that it names.</summary>
    private sealed record Prepared(string Sql, IReadOnlyList<PlTarget> Values, TypedSql? Typed, IReadOnlyList<SqlType> Told, long SchemaVersion)
    {
        public bool IsCurrent(long schemaVersion, BlockVariables variables)
        {
            if (SchemaVersion != schemaVersion) return false;
            for (var i = 0; i < Values.Count; i++)
                if (variables.TypeOf(Values[i]).Plain != Typed!.Types[i]) return false;
            return true;
        }
    }

    /// <summary>Begins a statement, which its caller disposes.</summary>
    public async ValueTask<OpenResult> OpenAsync(PlText text)
    {
        var prepared = await PrepareAsync(text);
        return await statements.OpenAsync(prepared.Sql, ValuesOf(prepared), alone: false, typed: prepared.Typed);
    }

    /// <summary>Declares a cursor over the rows of a query.</summary>
    public async ValueTask DeclareAsync(string name, PlText query)
    {
        var prepared = await PrepareAsync(query);
        await statements.DeclareAsync(Cursor(name, prepared.Sql), ValuesOf(prepared), alone: false, prepared.Typed);
    }

    /// <summary>The same of a text that is computed.</summary>
    public async ValueTask DeclareAsync(string name, PlDynamic dynamic)
    {
        var (sql, values, types) = await TextOfAsync(dynamic);
        if (SqlParser.Parse(sql, SqlDialect.Postgres) is not SelectStatement) throw new VitessException(ErrorCodes.QueryError, "cannot open a query that gives no rows as cursor", sqlState: "42P11");
        await statements.DeclareAsync(Cursor(name, sql), values, alone: false, types is null ? null : new TypedSql(sql, types));
    }

    /// <summary>Begins a statement whose text is computed; of several all but the last are run.</summary>
    public async ValueTask<OpenResult> OpenAsync(PlDynamic dynamic)
    {
        var (text, values, types) = await TextOfAsync(dynamic);
        var all = QueryString.Split(text);
        if (all.Count == 0) return OpenResult.Done("");
        for (var i = 0; ; i++)
        {
            var sql = all[i].Text;
            RequireOrdinary(sql, isDynamic: true);
            var open = await statements.OpenAsync(sql, values, alone: false, typed: types is null ? null : new TypedSql(sql, types));
            if (i == all.Count - 1) return open;
            await open.SkipAsync(long.MaxValue);
            await open.DisposeAsync();
        }
    }

    /// <summary>The value of an expression, and its type. Errors: QUERY_ERROR (42601, 21000) where it gives more than one value.</summary>
    public async ValueTask<(SqlValue Value, SqlType Type)> EvaluateAsync(PlText expression)
    {
        await using var open = await OpenAsync(expression);
        var fields = open.Rows.Fields;
        if (fields.Count != 1) throw new VitessException(ErrorCodes.SyntaxError, $"query returned {fields.Count} columns", hint: "An expression has one value.");
        var type = SqlTypes.Named(fields[0].Type);
        var value = SqlValue.Null;
        var rows = 0;
        while (await open.TakeAsync() is { } chunk)
        {
            if (chunk.RowCount > 0) value = chunk[0][0];
            if ((rows += chunk.RowCount) > 1) throw new VitessException(ErrorCodes.QueryError, "query returned more than one row", sqlState: "21000", hint: "An expression has one value.");
        }

        return (value, type);
    }

    /// <summary>The value of an expression as a type takes it.</summary>
    public async ValueTask<SqlValue> EvaluateAsync(PlText expression, SqlType type)
    {
        var (value, from) = await EvaluateAsync(expression);
        return BlockVariables.Taken(value, from, type);
    }

    /// <summary>Whether a condition holds; NULL does not.</summary>
    public async ValueTask<bool> HoldsAsync(PlText condition)
    {
        var value = await EvaluateAsync(condition, new SqlType(SqlTypeKind.Bool));
        return !value.IsNull && value.AsInteger() != 0;
    }

    /// <summary>What can be part of a transaction that others end. Errors: QUERY_ERROR (0A000).</summary>
    public static void RequireOrdinary(string sql, bool isDynamic)
    {
        var refused = StatementHead.IsPlanned(StatementHead.Word(sql)) ? null : SqlParser.Parse(sql, SqlDialect.Postgres) switch
        {
            BeginStatement or CommitStatement or RollbackStatement or SavepointStatement => isDynamic ? "EXECUTE of transaction commands is not implemented" : "unsupported transaction command in PL/pgSQL",
            RawStatement { Keyword: "COPY" } => "cannot COPY to/from client in PL/pgSQL",
            _ => null,
        };
        if (refused is not null) throw new VitessException(ErrorCodes.QueryError, refused, sqlState: "0A000", hint: "Send it outside of the block; in the block BEGIN … EXCEPTION undoes what fails.");
    }

    private SqlValue[] ValuesOf(Prepared prepared)
    {
        var values = new SqlValue[prepared.Values.Count];
        for (var i = 0; i < values.Length; i++) values[i] = DeclaredTypes.Take(variables.ValueOf(prepared.Values[i]), prepared.Typed!.Types[i], prepared.Told[i]);
        return values;
    }

    private async ValueTask<(string Sql, SqlValue[] Values, SqlType[]? Types)> TextOfAsync(PlDynamic dynamic)
    {
        var (text, type) = await EvaluateAsync(dynamic.Text);
        if (text.IsNull) throw new VitessException(ErrorCodes.TypeError, "query string argument of EXECUTE is null", sqlState: "22004", hint: "Compute a text, with coalesce() or format().");
        var sql = BlockText.Of(text, type);
        if (dynamic.Values.Count == 0) return (sql, [], null);
        var (values, types) = (new SqlValue[dynamic.Values.Count], new SqlType[dynamic.Values.Count]);
        for (var i = 0; i < values.Length; i++) (values[i], types[i]) = await EvaluateAsync(dynamic.Values[i]);
        var told = (await statements.DescribeAsync(sql, new TypedSql(sql, types))).Parameters;
        for (var i = 0; i < values.Length && i < told.Count; i++) values[i] = DeclaredTypes.Take(values[i], types[i], told[i]);
        return (sql, values, types);
    }

    private async ValueTask<Prepared> PrepareAsync(PlText text)
    {
        if (_prepared.TryGetValue(text, out var known) && known.IsCurrent(statements.SchemaVersion, variables)) return known;
        RequireOrdinary(text.Sql, isDynamic: false);
        var prepared = await ReplaceAsync(text);
        if (prepared.Typed is { } typed) prepared = prepared with { Told = (await statements.DescribeAsync(prepared.Sql, typed)).Parameters };
        return _prepared[text] = prepared;
    }

    private async ValueTask<Prepared> ReplaceAsync(PlText text)
    {
        var plain = new Prepared(text.Sql, [], null, [], statements.SchemaVersion);
        if (!StatementHead.IsPlanned(StatementHead.Word(text.Sql))) return plain;
        var parsed = SqlParser.ParseWithParameters(text.Sql, SqlDialect.Postgres);
        if (parsed.ParameterCount > 0) throw new VitessException(ErrorCodes.QueryError, "there is no parameter $1", sqlState: "42P02", hint: "Name a variable; $1 stands for values behind USING.");
        if (!SqlTree.Any(parsed.Statement, node => node is ColumnRef name && BlockVariables.Find(text.Scope, name.Table?.Name, name.Column.Name) is not null)) return plain;
        var uses = await statements.FindVariablesAsync(text.Sql, variables.From(text.Scope));
        if (uses.Count == 0) return plain;
        var (sql, places, types) = (new StringBuilder(), new List<PlTarget>(), new List<SqlType>());
        var at = 0;
        foreach (var use in uses)
        {
            var place = BlockVariables.Find(text.Scope, use.Qualifier, use.Name)!.Value;
            var number = places.IndexOf(place);
            if (number < 0)
            {
                (number, places, types) = (places.Count, [.. places, place], [.. types, use.Type]);
            }

            sql.Append(text.Sql, at, use.Span.Start - at).Append('$').Append(number + 1);
            if (use.NamesColumn) sql.Append(" AS \"").Append(use.Name.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            at = use.Span.End;
        }

        sql.Append(text.Sql, at, text.Sql.Length - at);
        var written = sql.ToString();
        return plain with { Sql = written, Values = places, Typed = new TypedSql(written, types) };
    }

    private static CursorDeclaration Cursor(string name, string sql) => new(name, sql, sql, 0, IsScroll: false, IsHold: false);
}
