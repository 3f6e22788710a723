using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Changes one table, action by action. What the engine's ALTER TABLE can do is done by it; anything else makes the table anew under the changed definition and moves its rows.
/// </summary>
internal sealed class TableAlteration
{
    private readonly GateSession _session;
    private readonly ShardDefinitions _shards;
    private readonly Func<VTable, ValueTask> _beforeMoving;
    private readonly Func<ValueTask> _beforeDropping;
    private readonly string _originalName;
    private TablePlace _place;
    private CreateTableStatement _definition;
    private readonly List<VTable> _entries = [];
    private readonly List<VLookup> _dropped = [];
    private VKeyspace _keyspace;

    /// <summary>For one ALTER TABLE.</summary>
    public TableAlteration(GateSession session, TablePlace place, ShardDefinitions shards, Func<VTable, ValueTask> beforeMoving, Func<ValueTask> beforeDropping)
    {
        _session = session;
        _place = place;
        _shards = shards;
        _beforeMoving = beforeMoving;
        _beforeDropping = beforeDropping;
        _originalName = place.Table.Name;
        _keyspace = place.Keyspace;
        if (place.Table.Dialect != session.Dialect)
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{place.Table.Name}\" was made in the other dialect", sqlState: "0A000",
                hint: "Alter it in the dialect it was made in.");
        }

        _definition = (CreateTableStatement)SqlParser.Parse(place.Table.CreateSql!, place.Table.Dialect);
    }

    /// <summary>What rows get in columns that are added.</summary>
    public required AddedValues Added { get; init; }

    /// <summary>Asks rows whether they keep a constraint.</summary>
    public required UncheckedRows Rows { get; init; }

    /// <summary>What the user should know.</summary>
    public List<string> Notices { get; } = [];

    private readonly List<RenameColumn> _renamed = [];
    private readonly List<RenameConstraint> _renamedConstraints = [];

    // What goes with what is dropped.
    private Func<VSchema, VSchema> _also = vschema => vschema;

    /// <summary>How the VSchema changes.</summary>
    public Func<VSchema, VSchema> Edit()
    {
        var keyspace = _session.Keyspace.Name;
        var table = _place.Table;
        var also = _also;
        var sequence = table.AutoIncrement is { } numbering ? _place.Keyspace.FindSequence(numbering.Sequence) : null;
        var wasThere = sequence is not null && _session.Keyspace.FindCounter(sequence.Counter) is not null;
        return vschema =>
        {
            var comments = vschema.Get(keyspace).Comments;
            if (!VSchemaNames.Comparer.Equals(_originalName, table.Name)) vschema = vschema.RenameTable(keyspace, _originalName, table.Name);

            // Somebody may have renamed the sequence meanwhile.
            var now = wasThere ? vschema.Get(keyspace).FindCounter(sequence!.Counter) : null;
            var isRenamed = now is not null && now.Name != sequence!.Name;
            if (sequence is not null && now is null && vschema.Get(keyspace).FindSequence(sequence.Name) is null) vschema = vschema.WithSequence(keyspace, sequence);
            var numbered = isRenamed ? table with { AutoIncrement = table.AutoIncrement! with { Sequence = now!.Name, IsOwned = table.AutoIncrement.IsOwnedBy(table.Name) } } : table;
            foreach (var changed in _entries.Append(numbered))
            {
                if (changed.Vindex is { } vindex && !vschema.Get(keyspace).Vindexes.ContainsKey(vindex)) vschema = vschema.WithVindex(keyspace, _keyspace.Vindexes[vindex]);
                vschema = vschema.WithTable(keyspace, changed);
            }

            foreach (var lookup in _dropped) vschema = vschema.WithoutTable(keyspace, lookup.Table);
            foreach (var rename in _renamed)
            {
                if (comments.GetValueOrDefault(ObjectComments.OfColumn(_originalName, rename.Column.Name)) is { } text) vschema = ObjectComments.Set(vschema, keyspace, ObjectComments.OfColumn(table.Name, rename.NewName.Name), text);
            }

            var moved = ObjectComments.Renamed(comments, _originalName, table.Name);
            foreach (var rename in _renamedConstraints) vschema = RelationRenames.WithComments(vschema, keyspace, moved, table.Name, rename.Name.Name, rename.NewName.Name);
            return also(vschema);
        };
    }

    /// <summary>Runs one action.</summary>
    public async ValueTask ApplyAsync(AlterAction action)
    {
        if (action is AddColumn { IfNotExists: true } known && _place.Schema.Column(known.Column.Name.Name) is not null)
        {
            Notices.Add($"column \"{known.Column.Name.Name}\" already exists, skipping");
            return;
        }

        if (action is DropColumn { IfExists: true } absent && _place.Schema.Column(absent.Column.Name) is null)
        {
            Notices.Add($"column \"{absent.Column.Name}\" of relation \"{_place.Table.Name}\" does not exist, skipping");
            return;
        }

        if (action is AlterColumnIdentity { IfExists: true } plain && _place.Schema.Column(plain.Column.Name) is { IsIdentity: false } column)
        {
            Notices.Add($"column \"{column.Name}\" of relation \"{_place.Table.Name}\" is not an identity column, skipping");
            return;
        }

        if (action is SetColumnHint hint)
        {
            if (ColumnHints.Check(hint, _place) is { } lowered) Notices.Add(lowered);
            if (_session.Engine == SqlDialect.Postgres) await AlterAsync(hint, _place.Table, _definition);
            return;
        }

        if (action is ValidateConstraint validate) ColumnRules.Check(_place.Table, validate);
        if (action is RenameColumn renamed) _renamed.Add(renamed);
        if (action is RenameConstraint constraint) _renamedConstraints.Add(constraint);
        RefuseKey(action);
        ColumnRules.Check(_place.Schema, action, _session.Engine);
        ColumnRules.Check(_place.Table, _definition, action);
        if (action is RenameConstraint named && RelationRenames.KeyOf(_place.Table, named.Name.Name) is not null && RelationRenames.IsTaken(_keyspace, named.NewName.Name)) throw VSchemaEdits.Taken(named.NewName.Name);
        if (action is RenameTable other && IsOthers(other.NewName.Name)) throw VSchemaEdits.Taken(other.NewName.Name);
        action = ConstraintRules.WithFreeNames(action, _definition, _place.Table, _keyspace);
        var changed = CreateTableEdits.Apply(_definition, action, _session.Dialect);
        if (changed == _definition)
        {
            if (action is DropConstraint none) Notices.Add($"constraint \"{none.Name.Name}\" of relation \"{_place.Table.Name}\" does not exist, skipping");
            return;
        }

        if (action is AddColumn added)
        {
            ColumnRules.Check(changed, _session.Dialect);
            ColumnRules.CheckDefaults([added.Column], _session.Catalog);
        }

        if (action is AlterColumnDefault { Value: { } value }) ColumnRules.CheckDefault(value, _session.Catalog);
        if (action is RenameTable or RenameColumn)
        {
            TriggerDefinitions.RefuseNamed(_place.Keyspace, _place.Table.Name, "renaming");
            var name = _place.Table.Name;
            Also(vschema => ReferenceEdits.Apply(vschema, _session.Keyspace.Name, name, action));
        }

        var before = _place;
        var placed = Described(changed, action);
        var after = new TablePlace(_keyspace, placed.Table, _session.Dialect);
        CheckUsers(action, placed.Table);
        if (action is AddConstraint { Constraint: { NotValid: true } later } && _session.Engine == SqlDialect.Sqlite) await Rows.RequireAsync(later, before, _keyspace);
        if (placed.RowsMove) await _beforeMoving(before.Table);
        await ChangeEntriesAsync(placed, action as RenameColumn);
        var isSame = IsSameThere(action, before, changed);
        var isNative = (isSame || IsNative(action, before)) && (_session.Engine == SqlDialect.Sqlite || StaysInPlace(before, after));
        if (isNative && !isSame && !IsNameOnly(action, before)) await AlterAsync(action, before.Table, changed);
        if (!isNative) await RebuildAsync(before, after, changed, action as AlterColumnType);
        if (placed.RowsMove) await LookupDefinitions.FillAsync(placed.Entries, placed.Table, _keyspace, _session, _shards);
        _definition = changed;
        _place = after;
    }

    // SQLite has its own rules for the names of indexes.
    private bool IsOthers(string name) => _session.Dialect == SqlDialect.Postgres && !VSchemaNames.Comparer.Equals(name, _place.Table.Name) && RelationRenames.IsTaken(_keyspace, name);

    private async ValueTask AlterAsync(AlterAction action, VTable table, CreateTableStatement changed)
    {
        var done = action is AddColumn add && _session.Engine == SqlDialect.Postgres ? add with { Column = Added.AtOneTime(add.Column) } : action;
        await _shards.EverywhereAsync(EngineSql.Alter(table.Name, done, changed, _session, table.ExactNumerics));
        if (done == action) return;
        var column = ((AddColumn)action).Column;
        var value = column.Constraints.OfType<DefaultConstraint>().Single().Value;
        await _shards.EverywhereAsync(EngineSql.Alter(table.Name, new AlterColumnDefault(column.Name, value), changed, _session, table.ExactNumerics));
    }

    /// <summary>Takes all rows of a table and puts them where another placement says.</summary>
    public static async ValueTask MoveRowsAsync(TablePlace before, TablePlace after, ShardDefinitions shards)
    {
        var columns = Stored(before);
        var rows = await RowsAsync(before, columns, shards);
        await shards.EverywhereAsync($"DELETE FROM {ScratchTable.Quote(before.Table.Name)}");
        await shards.InsertAsync(after, rows, columns);
    }

    private static List<string> Stored(TablePlace place) => [.. place.Schema.Columns.Where(column => !column.Generated).Select(column => column.Name)];

    /// <summary>The rows of a table; without columns they are still as many.</summary>
    private static async ValueTask<RowSet> RowsAsync(TablePlace place, List<string> columns, ShardDefinitions shards)
    {
        var list = columns.Count == 0 ? "1" : string.Join(", ", columns.Select(ScratchTable.Quote));
        var rows = await shards.RowsAsync($"SELECT {list} FROM {ScratchTable.Quote(place.Table.Name)}", firstOnly: place.IsReference || !place.IsSharded);
        if (columns.Count > 0) return rows;
        var bare = new RowSet([]);
        for (var i = 0; i < rows.RowCount; i++) bare.Add([]);
        return bare;
    }

    /// <summary>The table under its changed definition; its place may change too: a pinned one becomes sharded with a primary key (S2.3).</summary>
    private PlacementResult Described(CreateTableStatement changed, AlterAction action)
    {
        var table = _place.Table with { Name = changed.Name.Name.Name, CreateSql = SqlPrinter.Print(changed, _session.Dialect) };
        if (action is RenameColumn or RenameTable && table.AutoIncrement is { } auto) table = table with { AutoIncrement = auto with { IsOwned = auto.IsOwnedBy(_place.Table.Name) } };
        if (action is RenameColumn rename) table = Renamed(table, rename);
        if (action is RenameConstraint other && _place.Schema.Keys.FirstOrDefault(key => LookupRules.NameOf(key, _place.Table.Name) == other.Name.Name) is { } named)
            table = RelationRenames.WithLookup(table, named.Columns, other.Name.Name, other.NewName.Name, _keyspace);
        if (action is DropColumn drop && _session.Dialect == SqlDialect.Postgres)
        {
            var dropped = CreateTableEdits.Dropped(_definition, drop, table.Dialect);
            table = table with { Indexes = table.Indexes.RemoveAll(index => dropped.Exists(column => Names(index, column, table.Dialect))) };
        }

        table = WithoutNumbering(table, action);

        var schema = TableRestorer.Restore(table);
        var placed = Placement.ForAltered(table, schema, _keyspace);
        Notices.AddRange(placed.Notices);
        _keyspace = placed.Keyspace;
        return placed;
    }

    // The sequence of a serial column that loses its default stays, as in PostgreSQL; that of an identity goes with it.
    private VTable WithoutNumbering(VTable table, AlterAction action)
    {
        var column = _session.Dialect != SqlDialect.Postgres ? null : action switch
        {
            DropColumn drop => drop.Column,
            AlterColumnDefault alter => alter.Column,
            AlterColumnIdentity { Kind: "drop" } alter => alter.Column,
            _ => null,
        };
        if (column is null || table.AutoIncrement is not { } numbering || !VSchemaNames.Comparer.Equals(numbering.Column, column.Name)) return table;
        if (action is not AlterColumnDefault && DropDefinitions.Owns(table, _keyspace)) Also(vschema => vschema.WithoutSequence(_keyspace.Name, numbering.Sequence));
        return table with { AutoIncrement = null };
    }

    /// <summary>Views that use what is renamed or gets another type are refused; those that use a dropped column go with CASCADE, and are refused without. Foreign keys that need what is dropped are refused.</summary>
    private void CheckUsers(AlterAction action, VTable changed)
    {
        var (rules, name) = (new ViewRules(_session), _place.Table.Name);
        switch (action)
        {
            case RenameTable:
                rules.Refuse($"table \"{name}\" cannot be renamed", With(changed));
                break;
            case RenameColumn rename:
                rules.Refuse($"column \"{rename.Column.Name}\" of table \"{name}\" cannot be renamed", With(changed));
                break;
            case AlterColumnType alter:
                // Whoever uses it does not find it under another name.
                var other = new RenameColumn(alter.Column, new Identifier("shale other name", true));
                var renamed = Renamed(_place.Table with { CreateSql = SqlPrinter.Print(CreateTableEdits.Apply(_definition, other, _session.Dialect), _session.Dialect) }, other);
                rules.Refuse($"type of column \"{alter.Column.Name}\" of table \"{name}\" cannot be altered", With(renamed with { Schema = TableRestorer.Restore(renamed) }));
                break;
            case DropColumn drop:
                KeyRules.RequireReferenced($"column {drop.Column.Name} of table {name}", changed, _session.Keyspace, drop.Cascade);
                var generated = CreateTableEdits.Dropped(_definition, drop, _session.Dialect).Skip(1).Select(column => $"column {column} of table {name}");
                Also(rules.Drop($"column {drop.Column.Name} of table {name}", [name], With(changed), drop.Cascade, Notices, [.. generated]));
                break;
            case DropConstraint drop:
                KeyRules.RequireReferenced($"constraint {drop.Name.Name} on table {name}", changed, _session.Keyspace, drop.Cascade);
                Also(rules.Drop($"constraint {drop.Name.Name} on table {name}", [name], With(changed), drop.Cascade, Notices));
                break;
        }
    }

    private void Also(Func<VSchema, VSchema> edit)
    {
        var before = _also;
        _also = vschema => edit(before(vschema));
    }

    /// <summary>The VSchema with a table in place of this one.</summary>
    private VSchema With(VTable table)
    {
        var own = _session.Keyspace;
        return _session.Catalog.VSchema.WithKeyspace(own with { Tables = own.Tables.Remove(_originalName).SetItem(table.Name, table) });
    }

    /// <summary>Whether an index is on a column, so that PostgreSQL drops it with the column.</summary>
    private static bool Names(VIndex index, string column, SqlDialect dialect)
    {
        var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, dialect);
        bool Is(SqlNode node) => node is Identifier name && Shale.Sql.Names.Equal(name.Name, column, dialect);
        return statement.Columns.Any(item => SqlTree.Any(item, Is)) || (statement.Where is { } where && SqlTree.Any(where, Is));
    }

    /// <summary>The table where everything that names the column names it anew, its indexes too.</summary>
    private static VTable Renamed(VTable table, RenameColumn rename)
    {
        SqlNode? Anew(SqlNode node) => node is Identifier name && Shale.Sql.Names.Equal(name.Name, rename.Column.Name, table.Dialect) ? rename.NewName : null;
        VIndex Printed(VIndex index)
        {
            var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, table.Dialect);
            var items = statement.Columns.Select(item => SqlTree.Rewrite(item, Anew)).ToNodeList();
            statement = statement with { Columns = items, Where = statement.Where is { } where ? SqlTree.Rewrite(where, Anew) : null };
            return index with { CreateSql = SqlPrinter.Print(statement, table.Dialect) };
        }

        var renamed = table.WithRenamedColumn(rename.Column.Name, rename.NewName.Name);
        return renamed with { Indexes = [.. renamed.Indexes.Select(Printed)] };
    }

    /// <summary>Makes, renames and drops what the change means for the tables of entries.</summary>
    private async ValueTask ChangeEntriesAsync(PlacementResult placed, RenameColumn? rename)
    {
        await LookupDefinitions.MakeAsync(placed.Entries, _session, _shards);
        _entries.AddRange(placed.Entries);
        await LookupDefinitions.DropAsync(placed.Dropped, _shards);
        _dropped.AddRange(placed.Dropped);
        _keyspace = _keyspace with { Tables = _keyspace.Tables.RemoveRange(placed.Dropped.Select(lookup => lookup.Table)) };
        foreach (var lookup in rename is null ? [] : placed.Table.Lookups.Where(each => each.Columns.Contains(rename.NewName.Name, VSchemaNames.Comparer)))
        {
            var entries = EntriesTable.WithRenamedColumn(_keyspace.GetTable(lookup.Table), placed.Table, lookup, rename!.Column.Name, rename.NewName.Name);
            var sql = $"ALTER TABLE {ScratchTable.Quote(lookup.Table)} RENAME COLUMN {ScratchTable.Quote(rename.Column.Name)} TO {ScratchTable.Quote(rename.NewName.Name)}";
            await _shards.EverywhereAsync(sql);
            _entries.RemoveAll(each => VSchemaNames.Comparer.Equals(each.Name, entries.Name));
            _entries.Add(entries);
            _keyspace = _keyspace with { Tables = _keyspace.Tables.SetItem(entries.Name, entries) };
        }
    }

    /// <summary>Prepares for the actions: must be called before anything else runs in the transaction.</summary>
    public async ValueTask PrepareAsync(IReadOnlyList<AlterAction> actions)
    {
        if (!_place.Table.Lookups.IsEmpty && actions.Any(action => action is DropColumn or DropConstraint)) await _beforeDropping();
        if (IsReferenced(_place) && actions.Any(action => !IsNative(action, _place))) _shards.TryRebuild();
    }

    private bool IsReferenced(TablePlace place) => KeysTo(place).Any();

    private IEnumerable<ForeignKeySchema> KeysTo(TablePlace place) => _session.Keyspace.Tables.Values
        .SelectMany(table => table.Schema?.ForeignKeys ?? NodeList<ForeignKeySchema>.Empty).Where(key => VSchemaNames.Comparer.Equals(key.Parent, place.Table.Name));

    /// <summary>Whether foreign keys that point at a table have to be suspended while it is made anew: in a transaction that has begun they cannot be left out altogether.</summary>
    private bool MustSuspend(TablePlace before, TablePlace after)
    {
        if (!IsReferenced(before)) return false;
        var suspends = !_shards.TryRebuild();
        if (suspends && _session.Engine != SqlDialect.Sqlite)
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{before.Table.Name}\" cannot be made anew inside a transaction while foreign keys point at it", sqlState: "0A000",
                hint: "Send the ALTER TABLE outside of transactions.");
        }

        if (before.Table.Kind == after.Table.Kind) return suspends;
        throw new VitessException(ErrorCodes.QueryError, $"the rows of table \"{before.Table.Name}\" cannot move to other shards while foreign keys point at it", sqlState: "0A000",
            hint: "Drop the foreign keys first.");
    }

    private async ValueTask RebuildAsync(TablePlace before, TablePlace after, CreateTableStatement changed, AlterColumnType? retyped)
    {
        if (after.Table.Kind != before.Table.Kind) await _beforeMoving(before.Table);
        var suspends = MustSuspend(before, after);
        if (after.Table.Kind != before.Table.Kind) TriggerDefinitions.RefuseNamed(_session.Keyspace, before.Table.Name, "another placement");

        // A dropped column is not read, and a new one gets its default: from the engine, if it knows it.
        var kept = Stored(before).Where(name => Stored(after).Contains(name, VSchemaNames.Comparer)).ToList();
        var rows = await RowsAsync(before, kept, _shards);
        rows = await Added.AddAsync(rows, after, changed, kept);
        if (suspends) await _shards.WithoutKeysAsync(ReplaceAsync);
        else await ReplaceAsync();
        await TriggerDefinitions.RestoreAsync(after.Table, _shards);

        async ValueTask ReplaceAsync()
        {
            await _shards.EverywhereAsync($"DROP TABLE {ScratchTable.Quote(before.Table.Name)}");
            await _shards.EverywhereAsync(EngineSql.CreateTable(changed, _session, after.Table.ExactNumerics));
            await _shards.InsertAsync(after, rows, kept, retyped is null ? null : Recast(before, after, kept, retyped));
            await IndexAsync(after);
        }
    }

    private async ValueTask IndexAsync(TablePlace place)
    {
        foreach (var index in place.Table.Indexes)
        {
            var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, _session.Dialect);
            await _shards.EverywhereAsync(EngineSql.CreateIndex(statement with { Name = new Identifier(index.Name, true) }, place, _session));
        }
    }

    // PostgreSQL's engine converts by itself what it is given; SQLite has to be told.
    private Action<SqlValue[]>? Recast(TablePlace before, TablePlace after, List<string> kept, AlterColumnType retyped)
    {
        if (_session.Dialect != SqlDialect.Postgres || _session.Engine != SqlDialect.Sqlite) return null;
        var (from, to) = (before.Schema.Column(retyped.Column.Name)!, after.Schema.Column(retyped.Column.Name)!);
        var cell = kept.FindIndex(name => VSchemaNames.Comparer.Equals(name, from.Name));
        if (cell < 0) return null;
        return row => row[cell] = ParameterConversion.Recast(row[cell], from, to, retyped.Using is not null);
    }

    private void RefuseKey(AlterAction action)
    {
        var column = action switch
        {
            DropColumn drop => drop.Column,
            RenameColumn rename => rename.Column,
            AlterColumnType alter => alter.Column,
            _ => null,
        };
        if (column is null || !_place.IsSharded || !_place.Table.IsShardColumn(column.Name)) return;
        throw new VitessException(ErrorCodes.QueryError, $"column \"{column.Name}\" is the sharding key of \"{_place.Table.Name}\"", sqlState: "0A000",
            hint: "Make another table and copy the rows.");
    }

    /// <summary>Whether a constraint, a key or an index of the table may name a column.</summary>
    private bool IsNamed(Identifier column, TablePlace place)
    {
        bool Is(string name) => VSchemaNames.Comparer.Equals(name, column.Name);
        bool Names(SqlNode node) => SqlTree.Any(node, child => child is Identifier identifier && Is(identifier.Name));
        var own = _definition.Columns.FirstOrDefault(each => Is(each.Name.Name));
        return own is null || own.Constraints.Any(constraint => constraint is not (NotNullConstraint or DefaultConstraint or CollateColumn))
            || _definition.Constraints.Any(Names)
            || _definition.Columns.Any(each => !ReferenceEquals(each, own) && each.Constraints.Any(Names))
            || place.Table.Indexes.Any(index => Names(SqlParser.Parse(index.CreateSql, place.Table.Dialect)));
    }

    // PostgreSQL can do everything by itself but number rows over shards, and bring them to others.
    private bool IsNative(AlterAction action, TablePlace before) => _session.Engine == SqlDialect.Sqlite ? IsNativeOnSqlite(action, before) : action is not AddColumn { Column: var column } || !IsNumbered(column);

    private static bool IsNumbered(ColumnDefinition column) => (column.Type is { } type && SqlTypes.IsSerial(type))
        || column.Constraints.Any(constraint => constraint is IdentityColumn || (constraint is DefaultConstraint value && SequenceCalls.AreIn(value.Value)));

    // SQLite tells the names of checks alone, and keeps every constraint for all rows.
    private bool IsNameOnly(AlterAction action, TablePlace before) => _session.Engine == SqlDialect.Sqlite && (action is ValidateConstraint
        || (action is RenameConstraint rename && !ModelChecks.Of(before.Table).Any(check => check.Name == rename.Name.Name)));

    // SQLite's shards number no rows and have no names for what does.
    private bool IsSameThere(AlterAction action, TablePlace before, CreateTableStatement changed) => _session.Engine == SqlDialect.Sqlite && action is AlterColumnDefault or AlterColumnIdentity
        && EngineSql.CreateTable(changed, _session, before.Table.ExactNumerics) == EngineSql.CreateTable(_definition, _session, before.Table.ExactNumerics);

    private static bool HasDefault(ColumnDefinition column) =>
        column.Constraints.Any(constraint => constraint is DefaultConstraint { Value: not Literal { Kind: LiteralKind.Null } });

    private static bool StaysInPlace(TablePlace before, TablePlace after) => before.Table.Kind == after.Table.Kind
        && before.Table.Vindex == after.Table.Vindex && before.Table.ShardColumns.SequenceEqual(after.Table.ShardColumns, VSchemaNames.Comparer);

    // SQLite can add only columns whose default is constant, and not NULL where they must not be, and drop none that a constraint names; then the table is made anew.
    private bool IsNativeOnSqlite(AlterAction action, TablePlace before) => action switch
    {
        RenameTable or RenameColumn or SetTableOptions or SetColumnHint or ValidateConstraint => true,
        RenameConstraint => IsNameOnly(action, before),
        DropColumn drop => before.Schema.Columns.Count > 1 && !IsNamed(drop.Column, before),
        AddColumn add => before.Schema.Columns.Count > 0 && !add.Column.Constraints.Any(constraint => constraint is PrimaryKeyColumn or UniqueColumn or GeneratedColumn { Stored: true } or IdentityColumn
            or ReferencesColumn or DefaultConstraint { Value: not (Literal or Unary) })
            && (HasDefault(add.Column) || !add.Column.Constraints.Any(constraint => constraint is NotNullConstraint { Not: true }))
            && !(add.Column.Type is { } type && SqlTypes.IsSerial(type)),
        _ => false,
    };
}
