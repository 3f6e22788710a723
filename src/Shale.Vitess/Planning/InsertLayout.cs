using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Which columns the cells of an INSERT's rows are, where the key and the number stand among them, and the statement for one row.</summary>
internal sealed class InsertLayout
{
    private const int CellBase = 1_000_000;

    private readonly InsertStatement _insert;
    private readonly List<ColumnSchema> _columns;
    private int[] _key = [];
    private int _auto = -1;
    private bool _typed;
    private InsertTemplate? _template;

    private InsertLayout(InsertStatement insert, List<ColumnSchema> columns)
    {
        _insert = insert;
        _columns = columns;
        GivenColumns = columns.Count;
    }

    /// <summary>How many cells the statement itself gives; one more may be numbered.</summary>
    public int GivenColumns { get; }

    /// <summary>The columns that the cells are.</summary>
    public IReadOnlyList<ColumnSchema> Columns => _columns;

    /// <summary>The lookups of the table; null for none.</summary>
    public OwnerLookups? Lookups { get; private init; }

    /// <summary>What numbers the rows; null for nothing.</summary>
    public SequenceRef? Sequence { get; private set; }

    /// <summary>Reads the target's columns; errors: NOT_FOUND (42703) for unknown ones, QUERY_ERROR (0A000) for a rowid that is not one number and (42701) for one that is given twice, CONSTRAINT_VIOLATION (23502) if the sharding key is not given.</summary>
    public static InsertLayout Of(InsertStatement insert, TablePlace place, Catalog catalog, SqlDialect engine)
    {
        var columns = Given(insert, place, catalog.Dialect);
        var layout = new InsertLayout(insert, columns) { _typed = catalog.Dialect == SqlDialect.Postgres, Lookups = OwnerLookups.Of(place, catalog, engine) };
        if (place.Table.AutoIncrement is { } numbering) layout.Number(numbering, place, catalog.VSchema);
        layout._key = KeyCells(place, columns);
        return layout;
    }

    /// <summary>One listed row; false if a value is not known when values are bound. SYNTAX_ERROR (42601) for too few or too many.</summary>
    public bool TryRow(NodeList<Expr> cells, SqlDialect engine, Binding binding, out ValueSource[] row)
    {
        if (cells.Count != GivenColumns)
        {
            throw new VitessException(ErrorCodes.SyntaxError, $"INSERT has {cells.Count} values for {GivenColumns} columns", sqlState: "42601");
        }

        row = new ValueSource[_columns.Count];
        for (var i = 0; i < cells.Count; i++)
        {
            if (!ValueSource.TryFrom(TimeFor(_columns[i], ValueSource.Uncast(cells[i], _columns[i], binding)), _columns[i], engine, out row[i])) return false;
        }

        return true;
    }

    // Its text is read by a column for times as the time itself.
    private static Expr TimeFor(ColumnSchema column, Expr cell) => column.Type is { Kind: SqlTypeKind.TimestampTz or SqlTypeKind.Timestamp, IsArray: false } ? PostgresStableFunctions.TimeOf(cell) ?? cell : cell;

    /// <summary>The statement that inserts one row.</summary>
    public InsertTemplate Template(SqlDialect engine)
    {
        if (_template is not null) return _template;
        var cells = Enumerable.Range(0, _columns.Count).Select(Expr (i) => new Parameter(ParameterStyle.Dollar, CellBase + i + 1)).ToNodeList();
        var one = _insert with
        {
            With = null,
            Table = new ObjectName(null, _insert.Table.Name),
            Columns = _columns.Select(column => new Identifier(column.Name, true)).ToNodeList(),
            Source = cells.Count == 0 ? null : new SelectStatement(null, new ValuesBody([cells])),
            Overriding = OverridingOf(_columns, engine),
            Returning = Lookups?.Returning(_insert.Returning) ?? _insert.Returning,
        };
        var printed = Fragment.Print(one, engine);
        var types = _columns.Select(column => _typed ? column.Type : SqlType.Unknown).ToArray();
        return _template = new InsertTemplate(printed.Sql, types, printed.Parameters[_columns.Count..], _key, _auto)
        {
            LookupCells = Lookups is null ? [] : [.. Lookups.Tables.Select(table => LookupCells(table, Lookups.Owner.Schema))],
            Met = Lookups is not null && (_insert.Or == "replace" || _insert.OnConflict.Any(conflict => conflict.Sets.Count > 0)) ? MetRows.Of(Lookups, _columns, engine) : null,
        };
    }

    /// <summary>What an INSERT with these columns says on an engine: the gate numbers rows, and PostgreSQL would take no number for GENERATED ALWAYS.</summary>
    public static string OverridingOf(IEnumerable<ColumnSchema> columns, SqlDialect engine) => engine == SqlDialect.Postgres && columns.Any(column => column.IsIdentityAlways) ? "system" : "";

    // A column that is not given is NULL, and a row with a NULL has no entry, unless it has a default, which only the engine knows.
    private int[]? LookupCells(EntryTable table, TableSchema schema)
    {
        var cells = new int[table.Lookup.Columns.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            var column = schema.Column(table.Lookup.Columns[i])!;
            cells[i] = _columns.IndexOf(column);
            if (cells[i] < 0) return column.Default is null && !column.Generated && !column.AutoNumber ? [] : null;
        }

        return cells;
    }

    private void Number(AutoIncrement numbering, TablePlace place, VSchema vschema)
    {
        Sequence = SequenceRef.Find(vschema, place.Keyspace, numbering.Sequence)
            ?? throw new VitessException(ErrorCodes.InvalidVSchema, $"sequence \"{numbering.Sequence}\" of table \"{place.Table.Name}\" does not exist");
        _auto = _columns.FindIndex(column => VSchemaNames.Comparer.Equals(column.Name, numbering.Column));
        if (_auto >= 0) return;
        _auto = _columns.Count;
        _columns.Add(place.Schema.Columns.First(column => VSchemaNames.Comparer.Equals(column.Name, numbering.Column)));
    }

    private static List<ColumnSchema> Given(InsertStatement insert, TablePlace place, SqlDialect session)
    {
        if (insert.Source is null) return [];
        if (insert.Columns.Count == 0) return [.. place.Schema.Columns.Where(column => !column.Generated)];
        var columns = insert.Columns.Select(name => WrittenRowIds.Column(place, name, session)).ToList();
        if (place.Schema.RowIdColumn is not { } key || columns.Count(column => ReferenceEquals(column, key)) < 2) return columns;

        // Of a column that is named twice SQLite takes the first value, but of the rowid the last.
        throw new VitessException(ErrorCodes.QueryError, $"column \"{key.Name}\" specified more than once", sqlState: "42701", hint: "The rowid is the same column.");
    }

    private static int[] KeyCells(TablePlace place, List<ColumnSchema> columns)
    {
        if (!place.IsSharded) return [];
        var cells = new int[place.ShardColumns.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            var column = place.Schema.Columns[place.ShardColumns[i]];
            cells[i] = columns.IndexOf(column);
            if (cells[i] >= 0) continue;
            throw new VitessException(ErrorCodes.ConstraintViolation, $"sharding key \"{column.Name}\" is required for INSERT on sharded table \"{place.Table.Name}\"",
                sqlState: "23502", hint: $"Give \"{column.Name}\" a value: it decides on which shard the row lives.") { Subject = new FailureSubject(place.Table.Name, column.Name) };
        }

        return cells;
    }
}
