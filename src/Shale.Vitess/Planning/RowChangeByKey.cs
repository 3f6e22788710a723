using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Plans a change that no shard can make alone: a SELECT gives each row's identity, the new values, and for a move the whole row; the rows are then changed
/// one by one.
/// </summary>
internal sealed class RowChangeByKey
{
    private const int CellBase = 1_000_000;

    private readonly Catalog _catalog;
    private readonly SqlDialect _engine;
    private readonly RowChange _change;
    private readonly LookupReads _lookups;
    private readonly TablePlace _place;
    private readonly IReadOnlyList<string> _identity;
    private readonly List<SelectItem> _items = [];

    /// <summary>For one statement; QUERY_ERROR (0A000) where rows cannot be told apart or the statement needs what only one shard can do.</summary>
    public RowChangeByKey(Catalog catalog, SqlDialect engine, RowChange change, LookupReads lookups)
    {
        _catalog = catalog;
        _engine = engine;
        _change = change;
        _lookups = lookups;
        _place = change.Place;
        _identity = RowIdentity.Of(_place, engine) ?? throw Refused(
            $"rows of table \"{_place.Table.Name}\" cannot be told apart over shards: it has no primary key", "Give the table a primary key.");
        Refuse();
    }

    /// <summary>The lookups whose entries change; null for none.</summary>
    public OwnerLookups? Lookups { get; init; }

    /// <summary>What the statement's parameters are in it; empty for the engine to say.</summary>
    public IReadOnlyList<SqlType> ParameterTypes { get; init; } = [];

    /// <summary>Makes the plan.</summary>
    public RowChangePlan Plan(Routing target)
    {
        RefuseLookups();
        var identity = _identity.Select(AddColumn).ToArray();
        var shardCells = _place.ShardColumns.Select(AddColumn).ToArray();
        var valueCells = _change.Sets.Select(set => Add(Typed(set.Value))).ToArray();
        var move = _place.IsSharded && _change.SetsShardKey ? PlanMove(identity, valueCells) : null;
        int[] entryCells = Lookups is null ? [] : [.. Lookups.Columns.Select(AddColumn)];
        int[] newEntryCells = Lookups is null || _change.IsDelete ? [] : [.. Lookups.Columns.Select((column, i) => SetIndex(column) is >= 0 and var set ? valueCells[set] : entryCells[i])];
        var cascades = _change.Cascades(new CascadingRows(_catalog, _engine), AddColumn);
        var returned = _items.Count;
        if (_change.ReturnsJoined)
        {
            var changed = new ReturnedValues(_change, _engine);
            foreach (var item in _change.Returning) _ = Add(Typed(changed.After(item.Value)));
        }

        return new RowChangePlan
        {
            Place = _place, Target = target, Source = PlanSource(identity), IdentityCells = identity, ChangesKeys = ChangesKeys(), KeyCells = shardCells, Move = move,
            ReturnedFrom = _change.ReturnsJoined ? returned : null, Written = Lookups, EntryCells = entryCells, NewEntryCells = newEntryCells, Cascades = cascades,
            InPlaceSql = _change.IsDelete ? DeleteSql(Returning) : UpdateSql(),
            InPlaceCells = [.. valueCells, .. identity],
        };
    }

    private bool ChangesKeys() => Lookups is not null || _place.Table.Indexes.Any(index => index.Unique)
        || _change.Sets.Any(set => _place.Schema.Keys.Any(key => key.Columns.Contains(_place.Schema.Columns[set.Column].Name, VSchemaNames.Comparer)));

    private bool SetsKeys() => _place.Schema.Keys.Any(key => key.Columns.Any(_change.SetsColumn))
        || _place.Table.Indexes.Any(index => index.Unique && (index.Columns.IsEmpty || index.Columns.Any(_change.SetsColumn)));

    private SelectPlan PlanSource(int[] identity)
    {
        var target = _change.Table with { IndexedBy = null, NotIndexed = false };
        var select = new SelectStatement(_change.With, new SelectCore(_items.ToNodeList()) { From = [target, .. _change.Others], Where = _change.Where })
        {
            OrderBy = _change.OrderBy, Limit = _change.Limit, Offset = _change.Offset,
        };

        // A statement node stands for one place in one tree: the copy must be bound by itself.
        var rowId = _place.Schema.PrimaryKey.Count == 0 ? (ColumnRef)_items[identity[0]].Value : null;
        return new SelectPlanner(_catalog, _engine, _lookups) { RowIdentity = rowId }.Plan(select, Binder.Bind(select, _engine, _catalog), null);
    }

    private RowMove PlanMove(int[] identity, int[] valueCells)
    {
        if (_change.Or == "ignore")
        {
            throw Refused("UPDATE OR IGNORE cannot move rows to another shard", "Leave out OR IGNORE, or change other columns than the sharding key.");
        }

        var stored = Enumerable.Range(0, _place.Schema.Columns.Count).Where(column => !_place.Schema.Columns[column].Generated).ToArray();
        var newCells = stored.Select(column => SetIndex(column) is >= 0 and var set ? valueCells[set] : AddColumn(column)).ToArray();
        var newKey = _place.ShardColumns.Select(column => newCells[Array.IndexOf(stored, column)]).ToArray();
        var insert = new InsertStatement(Table(), stored.Select(Name).ToNodeList(), new SelectStatement(null, new ValuesBody([Cells(stored.Length)])))
        {
            Or = _change.Or, Returning = Returning, Overriding = InsertLayout.OverridingOf(_place.Schema.Columns, _engine),
        };
        return new RowMove(newKey, DeleteSql([]), identity, Print(insert), newCells, [.. Children().Select(child => Check(child.Table, child.Key))], _change.Or == "replace");
    }

    private IEnumerable<(VTable Table, ForeignKeySchema Key)> Children()
    {
        foreach (var table in _place.Keyspace.Tables.Values)
        {
            if (table.Schema is null) continue;
            foreach (var key in table.Schema.ForeignKeys)
            {
                if (VSchemaNames.Comparer.Equals(key.Parent, _place.Table.Name)) yield return (table, key);
            }
        }
    }

    private ReferenceCheck Check(VTable child, ForeignKeySchema key)
    {
        var parents = key.ParentColumns.Count > 0 ? key.ParentColumns : _place.Schema.PrimaryKey;
        var cells = parents.Select(AddColumn).ToArray();
        var match = Conjuncts.And([.. key.Columns.Select((column, i) => (Expr)new Binary("=", new ColumnRef(null, null, new Identifier(column, true)), Cell(i)))]);
        var query = new SelectStatement(null, new SelectCore([new SelectItem(new Literal(LiteralKind.Integer, "1"), null)])
        {
            From = [new TableRef(new ObjectName(null, new Identifier(child.Name, true)), null, [])], Where = match,
        })
        {
            Limit = new Literal(LiteralKind.Integer, "1"),
        };
        return new ReferenceCheck(child.Name, Print(query), cells, key.OnUpdate is "cascade" or "set null" or "set default");
    }

    private string UpdateSql()
    {
        var sets = _change.Sets.Select((set, i) => new SetClause([Name(set.Column)], Cell(i))).ToNodeList();
        var update = new UpdateStatement(new TableRef(Table(), _change.Table.Alias, []), sets)
        {
            Or = _change.Or, Where = KeyMatch(sets.Count), Returning = Returning,
        };
        return Print(update);
    }

    private string DeleteSql(NodeList<SelectItem> returning) =>
        Print(new DeleteStatement(new TableRef(Table(), _change.Table.Alias, [])) { Where = KeyMatch(0), Returning = returning });

    private Expr KeyMatch(int firstCell) =>
        Conjuncts.And([.. _identity.Select((column, i) => (Expr)new Binary("=", new ColumnRef(null, null, new Identifier(column, true)), Cell(firstCell + i)))])!;

    private int AddColumn(int column) => AddColumn(_place.Schema.Columns[column].Name);

    private int AddColumn(string column)
    {
        var known = _items.FindIndex(item => item.Value is ColumnRef { Table: { } table } named && ReferenceEquals(table, Target) && VSchemaNames.Comparer.Equals(named.Column.Name, column));
        return known >= 0 ? known : Add(new ColumnRef(null, Target, new Identifier(column, true)));
    }

    private int Add(Expr value)
    {
        _items.Add(new SelectItem(value, null));
        return _items.Count - 1;
    }

    // PostgreSQL looks at what a query gives before its condition, and at what an UPDATE sets behind it: there the parameter may have become another type.
    private Expr Typed(Expr value) => _engine != SqlDialect.Postgres ? value : SqlTree.Rewrite(value, node =>
        node is Parameter parameter && TypeOf(parameter) is { Kind: not (SqlTypeKind.Unknown or SqlTypeKind.Record) } type ? new Cast(parameter, SqlTypes.Written(type)) : null);

    private SqlType TypeOf(Parameter parameter) => parameter.Index <= ParameterTypes.Count ? ParameterTypes[parameter.Index - 1] : SqlType.Unknown;

    private int SetIndex(string column) => SetIndex(_place.Schema.Columns.ToList().FindIndex(known => VSchemaNames.Comparer.Equals(known.Name, column)));

    private int SetIndex(int column)
    {
        for (var i = 0; i < _change.Sets.Count; i++)
        {
            if (_change.Sets[i].Column == column) return i;
        }

        return -1;
    }

    private void Refuse()
    {
        if (_change.SetsRowId) throw Refused($"the rowid of table \"{_place.Table.Name}\" can be set only by a statement that its shard runs as it is", "Set it by a statement of its own, without the other tables.");
        if (_change.Returning.Any(item => SqlTree.Any(item, node => node is SelectStatement or InTable) || (!_change.ReturnsJoined && NamesOthers(item))))
        {
            throw Refused("RETURNING can name only the changed table where several shards take part", "Query the other tables in a statement of its own.");
        }
    }

    private void RefuseLookups()
    {
        if (_change.Or == "replace" && SetsKeys() && (!_place.Table.Lookups.IsEmpty || new CascadingRows(_catalog, _engine).OfDelete(_place, _ => 0).Count > 0))
        {
            throw Refused($"UPDATE OR REPLACE cannot set columns of a key where the rows that it replaces may be looked up: in \"{_place.Table.Name}\", or in tables that refer to it", "Delete the rows that are in the way first, and leave out OR REPLACE.");
        }

        if (Lookups is null || _change.Or is not ("ignore" or "replace")) return;
        foreach (var table in Lookups.Tables)
        {
            if (!table.Lookup.Unique || !_change.SetsColumnOf(table.Lookup)) continue;
            throw Refused($"UPDATE OR {_change.Or.ToUpperInvariant()} cannot set columns of the unique lookup vindex \"{table.Lookup.Name}\"", "Leave out OR, or set other columns.");
        }
    }

    private bool NamesOthers(SelectItem item)
    {
        if (_change.Others.Count == 0) return false;
        var target = Target.Name;
        return SqlTree.Any(item, node => node switch
        {
            // In SQLite's RETURNING the star is that of the changed table.
            Star { Table: null } => _engine == SqlDialect.Postgres,
            Star star => !VSchemaNames.Comparer.Equals(star.Table.Name, target),
            ColumnRef { Table: { } table } => !VSchemaNames.Comparer.Equals(table.Name, target),
            ColumnRef column => _place.Schema.Column(column.Column.Name) is null,
            _ => false,
        });
    }

    private static VitessException Refused(string message, string hint) => new(ErrorCodes.QueryError, message, sqlState: "0A000", hint: hint);

    private NodeList<SelectItem> Returning
    {
        get
        {
            NodeList<SelectItem> own = _change.ReturnsJoined ? [] : _change.Returning;
            return Lookups is null || _change.IsDelete ? own : Lookups.Returning(own);
        }
    }

    private Identifier Target => _change.Table.Alias ?? _change.Table.Name.Name;

    private ObjectName Table() => new(null, new Identifier(_place.Table.Name, true));

    private Identifier Name(int column) => new(_place.Schema.Columns[column].Name, true);

    private static Parameter Cell(int index) => new(ParameterStyle.Dollar, CellBase + index + 1);

    private static NodeList<Expr> Cells(int count) => Enumerable.Range(0, count).Select(Expr (i) => Cell(i)).ToNodeList();

    private string Print(SqlNode node)
    {
        var fragment = Fragment.Print(node, _engine);
        if (fragment.Parameters.Any(index => index < CellBase)) throw Refused("RETURNING cannot hold parameters where several shards take part", "Write the values into the text.");
        return fragment.Sql;
    }
}
