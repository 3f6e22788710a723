using System.Globalization;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// WITH … INSERT, UPDATE or DELETE of dialect postgres. Its parts run one after another in one transaction, each common table that writes before what uses
/// its RETURNING rows, which stand in the later parts as constants. In PostgreSQL all parts see the rows as they were before: a part that would read what an
/// earlier one has written is refused. The writers of all shards are held, so that no other commit comes between two parts.
/// </summary>
internal sealed class ModifyingWith(StatementRunner runner, GateRequest request, GateSession session, GateTransaction transaction)
{
    private const int MaxRows = 10_000;

    private readonly List<CommonTable> _tables = [];
    private readonly HashSet<string> _written = [];

    /// <summary>Whether a statement is one.</summary>
    public static bool Is(Statement statement) => WithOf(statement) is { } with && with.Tables.Any(table => table.Statement is not SelectStatement);

    /// <summary>Runs it; the caller commits.</summary>
    public async ValueTask<GateResult> RunAsync(Statement statement, RunningStatement running)
    {
        statement = new ViewExpander(session.Catalog).ExpandPresent(statement);
        var with = WithOf(statement)!;
        if (with.Recursive) throw Refused("WITH RECURSIVE that writes", "Leave out RECURSIVE.");
        if (request.NamedParams is not null) throw Refused("WITH that writes, with named parameters", "Use $1, $2, ….");
        var targets = with.Tables.Where(table => table.Statement is not SelectStatement).Select(table => Target(table.Statement)).ToHashSet();
        await transaction.Shards.LockAsync(session.Tablets.Of(session.Keyspace), Enumerable.Range(0, session.Tablets.Of(session.Keyspace).Length), running.Token);
        await ReadFirstAsync(with, targets, running);
        foreach (var table in with.Tables)
        {
            if (table.Statement is SelectStatement)
            {
                if (!_tables.Exists(known => known.Name == table.Name)) _tables.Add(table);
                continue;
            }

            var result = await PartAsync(table.Statement, running);
            AddWritten(Target(table.Statement));
            if (result.Rows.Fields.Count > 0) _tables.Add(table with { Statement = Constants(result.Rows) });
        }

        return await PartAsync(Without(statement), running);
    }

    // A query over what will be written, and not over what is returned by a writing part, is run before anything is written.
    private async ValueTask ReadFirstAsync(WithClause with, HashSet<string> targets, RunningStatement running)
    {
        var later = new HashSet<string>();
        foreach (var table in with.Tables)
        {
            var uses = SqlTree.All<TableRef>(table.Statement).Where(use => use.Name.Schema is null).Select(use => use.Name.Name.Name).ToHashSet();
            if (table.Statement is not SelectStatement || uses.Overlaps(later))
            {
                later.Add(table.Name.Name);
            }
            else if (Read(table.Statement, _tables).Overlaps(targets))
            {
                _tables.Add(table with { Statement = Constants((await PartAsync(table.Statement, running)).Rows) });
            }
            else
            {
                _tables.Add(table);
            }
        }
    }

    private async ValueTask<GateResult> PartAsync(Statement statement, RunningStatement running)
    {
        RefuseReadOfWritten(statement);
        var used = Used(statement);
        if (used.Count > 0) statement = With(statement, new WithClause(false, [.. used, .. WithOf(statement)?.Tables ?? []]));
        var taken = new List<int>();
        var numbered = SqlTree.Rewrite(statement, node => node is Parameter parameter ? Numbered(parameter, taken) : null);
        var values = taken.Select(index => request.Params[index]).ToList();
        var text = SqlPrinter.Print(numbered, SqlDialect.Postgres);
        try
        {
            return await runner.RunAsync(request with { Sql = text, Params = values, Typed = Typed(text, taken), TxId = transaction.Id }, transaction, running);
        }
        catch (VitessException failure) when (failure.Position is not null)
        {
            // The place is one in the part's text.
            throw new VitessException(failure.Code, failure.Message, failure.Shard, failure.SqlState, failure.IsTransient, failure.Hint) { Subject = failure.Subject };
        }
    }

    private TypedSql? Typed(string text, List<int> taken) => request.Typed is { } typed && taken.Count > 0 ? new TypedSql(text, [.. taken.Select(index => index < typed.Types.Count ? typed.Types[index] : SqlType.Unknown)]) : null;

    private Parameter Numbered(Parameter parameter, List<int> taken)
    {
        if (parameter.Index > request.Params.Count)
        {
            throw new VitessException(ErrorCodes.QueryError, $"the statement has {parameter.Index} parameters, {request.Params.Count} values were given", sqlState: "08P01");
        }

        taken.Add(parameter.Index - 1);
        return new Parameter(ParameterStyle.Dollar, taken.Count);
    }

    // The common tables that a part needs, and those that they need, in their order.
    private List<CommonTable> Used(Statement statement)
    {
        var names = Names(statement);
        for (var i = _tables.Count - 1; i >= 0; i--)
            if (names.Contains(_tables[i].Name.Name)) names.UnionWith(Names(_tables[i].Statement));
        return [.. _tables.Where(table => names.Contains(table.Name.Name))];
    }

    private static HashSet<string> Names(SqlNode node) => [.. SqlTree.All<TableRef>(node).Where(use => use.Name.Schema is null).Select(use => use.Name.Name.Name)];

    private void RefuseReadOfWritten(Statement statement)
    {
        foreach (var name in Read(statement, Used(statement)))
        {
            if (_written.Contains(name)) throw Refused($"WITH that writes table \"{name}\" and uses it again", "PostgreSQL would show the rows as they were before: send the statements one after another in a transaction.");
        }
    }

    // Base tables: what goes by the name of a common table is none, and what is read in the past is not written. The target of a write counts, but not that of an INSERT, which looks at no row that is there: an update
    // and the insert of what it has not met is how tables are merged.
    private static HashSet<string> Read(Statement statement, List<CommonTable> tables)
    {
        var names = tables.SelectMany(table => SqlTree.All<TableRef>(table.Statement)).Concat(SqlTree.All<TableRef>(statement))
            .Where(use => use.Time is null).Where(use => use.Name.Schema is not null || !tables.Exists(table => table.Name.Name == use.Name.Name.Name)).Select(use => use.Name.Name.Name).ToHashSet();
        if (statement is UpdateStatement or DeleteStatement || (statement is InsertStatement insert && insert.OnConflict.Any(conflict => conflict.Sets.Count > 0))) names.Add(Target(statement));
        return names;
    }

    // What is written, and what its foreign keys and triggers may write.
    private void AddWritten(string name)
    {
        if (!_written.Add(name)) return;
        if (session.Catalog.FindPlace(new ObjectName(null, new Identifier(name)))?.Table.Triggers.Length > 0) throw Refused("WITH that writes a table with triggers", null);
        foreach (var other in session.Keyspace.Tables.Keys)
        {
            var schema = session.Catalog.FindPlace(new ObjectName(null, new Identifier(other)))?.Schema;
            if (schema?.ForeignKeys.Any(key => key.Parent == name) == true) AddWritten(schema.Name);
        }
    }

    private static WithClause? WithOf(Statement statement) => statement switch
    {
        SelectStatement select => select.With,
        InsertStatement insert => insert.With,
        UpdateStatement update => update.With,
        DeleteStatement delete => delete.With,
        _ => null,
    };

    private static Statement With(Statement statement, WithClause? with) => statement switch
    {
        SelectStatement select => select with { With = with },
        InsertStatement insert => insert with { With = with },
        UpdateStatement update => update with { With = with },
        DeleteStatement delete => delete with { With = with },
        _ => statement,
    };

    private static Statement Without(Statement statement) => With(statement, null);

    private static string Target(Statement statement) => statement switch
    {
        InsertStatement insert => insert.Table.Name.Name,
        UpdateStatement update => update.Table.Name.Name.Name,
        DeleteStatement delete => delete.Table.Name.Name.Name,
        _ => throw new InvalidOperationException($"a common table that is a {statement.GetType().Name}"),
    };

    // The rows as a query of constants under the names of their columns.
    private static SelectStatement Constants(RowSet rows)
    {
        if (rows.RowCount > MaxRows)
            throw new VitessException(ErrorCodes.ResourceExhausted, $"a common table of more than {MaxRows.ToString(CultureInfo.InvariantCulture)} rows beside one that writes", sqlState: "54000");
        var types = rows.Fields.Select(field => SqlTypes.Named(field.Type)).ToList();
        QueryBody? body = rows.RowCount == 0 ? Row(types.Select(_ => SqlValue.Null)) with { Where = new Literal(LiteralKind.False) } : null;
        if (rows.RowCount > 0)
        {
            var list = Enumerable.Range(0, rows.RowCount).Select(i => rows[i].ToArray().Select((value, j) => (Expr)Constant(value, types[j])).ToNodeList());
            var names = rows.Fields.Select(field => new Identifier(field.Name, true)).ToNodeList();
            var values = new DerivedTable(new SelectStatement(null, new ValuesBody(list.ToNodeList())), false, new Identifier("shale_rows"), names);
            body = new SelectCore([new SelectItem(new Star(null, null), null)]) { From = [values] };
        }

        return new SelectStatement(null, body!);

        SelectCore Row(IEnumerable<SqlValue> values) => new(values.Select((value, j) => new SelectItem(Constant(value, types[j]), new Identifier(rows.Fields[j].Name, true))).ToNodeList());
    }

    private static Cast Constant(SqlValue value, SqlType type) => new(
        value.IsNull ? new Literal(LiteralKind.Null) : new Literal(LiteralKind.String, SqlTypes.TextOf(value, type)),
        SqlTypes.Written(type));

    private static VitessException Refused(string what, string? hint) => new(ErrorCodes.QueryError, $"{what} is not supported on shards", sqlState: "0A000", hint: hint);
}
