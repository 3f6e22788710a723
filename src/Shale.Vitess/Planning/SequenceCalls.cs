using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Takes the functions of sequences out of a statement: sequences live at the gate (SEMANTICS S2.6), so each call becomes a parameter that is filled when values are bound. That is
/// right only where a call is made once: in a row of VALUES, or in a SELECT without FROM. <c>nextval</c> as a column of the query of INSERT … SELECT is numbered row by row, and
/// <c>setval</c> as a column of a SELECT is made for each row that is found; elsewhere they are refused.
/// </summary>
internal sealed class SequenceCalls(Catalog catalog, int parameters) : NodeMapper
{
    private readonly List<SequenceCall> _found = [];
    private readonly List<(int Cell, SequenceRef Sequence)> _rows = [];
    private IReadOnlyList<RowSetting> _settings = [];

    /// <summary>The calls, in the order of their parameters.</summary>
    public IReadOnlyList<SequenceCall> Found => _found;

    /// <summary>The cells of an INSERT's rows that are numbered one by one.</summary>
    public IReadOnlyList<(int Cell, SequenceRef Sequence)> Rows => _rows;

    /// <summary>The calls of setval that are made for each row of a SELECT.</summary>
    public IReadOnlyList<RowSetting> Settings => _settings;

    /// <summary>Whether a statement has any; most have not, and are not mapped.</summary>
    public static bool AreIn(SqlNode statement) => SqlTree.Any(statement, node => node is FunctionCall call && KindOf(call) is not null);

    /// <summary>The statement without calls.</summary>
    public Statement Replace(Statement statement)
    {
        if (statement is InsertStatement insert)
        {
            foreach (var node in (SqlNode[])[.. insert.OnConflict, .. insert.Returning]) RefuseWrites(node);
            statement = NumberRows(insert);
        }
        else if (statement is SelectStatement select)
        {
            statement = SetByRows(select);
        }
        else
        {
            RefuseWrites(statement);
        }

        return (Statement)Map(statement);
    }

    /// <inheritdoc/>
    public override SqlNode Map(SqlNode node)
    {
        if (node is SelectCore { From.Count: > 0 }) RefuseWrites(node);
        if (node is SelectItem { Alias: null } item && catalog.Dialect == SqlDialect.Postgres && NameOf(item.Value) is { } name) node = item with { Alias = new Identifier(name) };
        return node is FunctionCall call && KindOf(call) is { } kind ? Replace(call, kind) : node.MapChildren(this);
    }

    // PostgreSQL names a column by its function, also through a cast; a parameter would have no name.
    private static string? NameOf(Expr value) => value switch
    {
        Cast cast => NameOf(cast.Operand),
        FunctionCall call when KindOf(call) is not null => call.Name.Name.Name.ToLowerInvariant(),
        _ => null,
    };

    private static SequenceCallKind? KindOf(FunctionCall call) => (call.Name.Name.Name.ToLowerInvariant(), call.Args.Count) switch
    {
        ("nextval", 1) => SequenceCallKind.NextValue,
        ("currval", 1) => SequenceCallKind.CurrentValue,
        ("lastval", 0) => SequenceCallKind.LastValue,
        ("setval", 2 or 3) => SequenceCallKind.SetValue,

        // Ours alone: a user's call, which has a place in a text, is of a function that there is not.
        (FunctionCatalog.SequenceColumn, 2) when call.Span.Length == 0 && call.Args[1] is Literal { Text: var column } => column switch
        {
            "last_value" => SequenceCallKind.Position,
            "log_cnt" => SequenceCallKind.Ahead,
            _ => SequenceCallKind.IsCalled,
        },
        _ => null,
    };

    /// <summary>The query that a sequence is where it stands in FROM: PostgreSQL's one row of it.</summary>
    public static DerivedTable AsTable(TableRef table, VKeyspace keyspace, VSequence sequence)
    {
        FunctionCall Column(string name) => new(new ObjectName(null, new Identifier(FunctionCatalog.SequenceColumn)), [new Literal(LiteralKind.String, $"{keyspace.Name}.{sequence.Name}"), new Literal(LiteralKind.String, name)]);
        SelectItem[] items =
        [
            new(Column("last_value"), new Identifier("last_value")), new(Column("log_cnt"), new Identifier("log_cnt")),
            new(new Binary("<>", Column("is_called"), new Literal(LiteralKind.Integer, "0")), new Identifier("is_called")),
        ];
        return new DerivedTable(new SelectStatement(null, new SelectCore(items.ToNodeList())), false, table.Alias ?? new Identifier(sequence.Name, true), table.Columns) { Span = table.Span, StandsFor = table };
    }

    private static void RefuseWrites(SqlNode node)
    {
        if (!SqlTree.Any(node, child => child is FunctionCall call && KindOf(call) is SequenceCallKind.NextValue or SequenceCallKind.SetValue)) return;
        throw new VitessException(ErrorCodes.QueryError, "nextval and setval for each row of a query are not supported", sqlState: "0A000",
            hint: "Give the column the sequence by SERIAL or IDENTITY, or number the rows by row_number(). INSERT … SELECT takes nextval as one of its columns, and SELECT takes setval.");
    }

    // The query gives setval's values, and the gate makes the calls when it has the rows.
    private SelectStatement SetByRows(SelectStatement select)
    {
        if (catalog.Dialect != SqlDialect.Postgres || select.Body is not SelectCore { Distinct: false, DistinctOn.Count: 0 } core) return select;
        var items = core.Items.ToList();
        var calls = Enumerable.Range(0, items.Count).Where(i => items[i].Value is FunctionCall call && KindOf(call) == SequenceCallKind.SetValue).ToList();
        if (core.From.Count == 0 && calls.TrueForAll(i => TakesGiven((FunctionCall)items[i].Value))) return select;

        var called = items.Count + calls.Count(i => ((FunctionCall)items[i].Value).Args.Count == 3);
        var settings = new List<RowSetting>();
        foreach (var i in calls)
        {
            var call = (FunctionCall)items[i].Value;

            // Counted from the end: a star may stand before, but not behind.
            if (items.Skip(i).Any(item => item.Value is Star)) RefuseWrites(select);
            var isTold = call.Args.Count == 3;
            settings.Add(new RowSetting(Find(call), called - i, isTold ? called - items.Count : 0));
            items[i] = RowSetting.Item(call.Args[1], SqlTypeKind.Int8, items[i].Alias ?? call.Name.Name);
            if (isTold) items.Add(RowSetting.Item(call.Args[2], SqlTypeKind.Bool, new Identifier("shale_called")));
        }

        _settings = settings;
        return calls.Count == 0 ? select : select with { Body = core with { Items = items.ToNodeList() } };
    }

    private static bool TakesGiven(FunctionCall call) => call.Args.Skip(1).All(argument => ValueSource.TryFrom(argument, out _));

    // The query gives a number that is none, and each row gets its own when it is placed.
    private InsertStatement NumberRows(InsertStatement insert)
    {
        if (insert.Source is not { Body: SelectCore { From.Count: > 0, Distinct: false, DistinctOn.Count: 0 } core } source) return insert;
        var columns = insert.Columns.Count > 0 ? insert.Columns.Count : catalog.Require(insert.Table).Schema.Columns.Count(column => !column.Generated);
        var items = core.Items.ToArray();
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Value is not FunctionCall call || KindOf(call) != SequenceCallKind.NextValue || Find(call) is not { } sequence) continue;

            // Counted from the end: a star may stand before.
            _rows.Add((columns - (items.Length - i), sequence));
            items[i] = items[i] with { Value = new Literal(LiteralKind.Integer, "0") };
        }

        return _rows.Count == 0 ? insert : insert with { Source = source with { Body = core with { Items = items.ToNodeList() } } };
    }

    private Expr Replace(FunctionCall call, SequenceCallKind kind)
    {
        var sequence = kind == SequenceCallKind.LastValue ? null : Find(call);
        if (sequence is null && kind != SequenceCallKind.LastValue) return new Cast(new Literal(LiteralKind.Null), new TypeName("int8", NodeList<string>.Empty, 0));
        var found = new SequenceCall(kind, sequence);
        if (kind == SequenceCallKind.SetValue)
        {
            var called = ValueSource.Constant(SqlValue.Boolean(true));
            if (!ValueSource.TryFrom(call.Args[1], out var value) || (call.Args.Count == 3 && !ValueSource.TryFrom(call.Args[2], out called)))
            {
                throw new VitessException(ErrorCodes.QueryError, "setval takes a number and TRUE or FALSE, or parameters", sqlState: "0A000");
            }

            found = found with { Value = value, Called = called };
        }

        _found.Add(found);
        return new Parameter(ParameterStyle.Dollar, parameters + _found.Count) { Span = call.Span };
    }

    // As dumps and frameworks write it: in quotes, and behind its schema.
    private SequenceRef? FindWritten(string text) => catalog.Dialect != SqlDialect.Postgres ? null : Names.Parts(text) switch
    {
        [var name] => SequenceRef.Find(catalog.VSchema, catalog.Keyspace, name),
        ["public", var name] => SequenceRef.Find(catalog.VSchema, catalog.Keyspace, name),
        [var schema, var name] => SequenceRef.Find(catalog.VSchema, catalog.Keyspace, $"{schema}.{name}"),
        _ => null,
    };

    // Null where the name is NULL: pg_get_serial_sequence of a column that no sequence numbers.
    private SequenceRef? Find(FunctionCall call)
    {
        var name = Plain(call.Args[0]);
        if (name is FunctionCall { Name.Name.Name: "pg_get_serial_sequence", Args: [var of, var numbered] } && Plain(of) is Literal { Kind: LiteralKind.String } table && Plain(numbered) is Literal { Kind: LiteralKind.String } column)
        {
            return OwnedBy(table, column);
        }

        if (name is not Literal { Kind: LiteralKind.String } literal)
        {
            throw new VitessException(ErrorCodes.QueryError, $"{call.Name.Name.Name} takes the name of a sequence as a string", sqlState: "0A000");
        }

        return SequenceRef.Find(catalog.VSchema, catalog.Keyspace, literal.Text) ?? FindWritten(literal.Text)
            ?? throw new VitessException(ErrorCodes.NotFound, $"relation \"{literal.Text}\" does not exist", sqlState: "42P01", position: literal.Span.Start + 1);
    }

    /// <summary>The sequence whose next value an expression is, through casts; null for any other expression.</summary>
    public SequenceRef? NextOf(Expr value) => Plain(value) is FunctionCall call && KindOf(call) == SequenceCallKind.NextValue ? Find(call) : null;

    /// <summary>Refuses (42P01) calls that name a sequence which is not there.</summary>
    public void Require(Expr value)
    {
        foreach (var call in SqlTree.All<FunctionCall>(value))
            if (KindOf(call) is not null && call.Args.Count > 0) _ = Find(call);
    }

    private static Expr Plain(Expr value) => value is Cast cast ? Plain(cast.Operand) : value;

    private SequenceRef? OwnedBy(Literal table, Literal column)
    {
        ObjectName? written = Names.Parts(table.Text) switch
        {
            [var name] => new ObjectName(null, new Identifier(name, true)),
            [var schema, var name] => new ObjectName(new Identifier(schema, true), new Identifier(name, true)),
            _ => null,
        };
        var place = catalog.Require(written is null ? new ObjectName(null, new Identifier(table.Text, true)) { Span = table.Span } : written with { Span = table.Span });
        if (place.ColumnIndex(column.Text) < 0)
        {
            throw new VitessException(ErrorCodes.NotFound, $"column \"{column.Text}\" of relation \"{place.Table.Name}\" does not exist", sqlState: "42703", position: column.Span.Start + 1);
        }

        return place.Table.AutoIncrement is { } auto && VSchemaNames.Comparer.Equals(auto.Column, column.Text) ? SequenceRef.Find(catalog.VSchema, place.Keyspace, auto.Sequence) : null;
    }
}
