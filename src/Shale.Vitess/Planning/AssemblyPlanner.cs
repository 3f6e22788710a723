using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Plans T2: for each base table the columns that the statement names, and the rows that its pushable conjuncts leave (SEMANTICS S3.3); the
/// statement itself runs unchanged over them.
/// </summary>
internal sealed class AssemblyPlanner(StatementScope scope, SqlDialect engine)
{
    /// <summary>Makes the plan.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="whole">As it runs over the scratch tables.</param>
    /// <param name="isOverCatalog">Whether it reads the gate's own tables alone.</param>
    public AssemblyPlan Plan(SqlNode statement, Fragment whole, bool isOverCatalog = false)
    {
        var rowIds = RowIds(statement);
        var filters = PushedFilters.Of(scope, engine);
        var used = UsedColumns(statement);
        var lookups = Lookups(statement);
        var fetches = new List<TableFetch>();
        foreach (var group in scope.Tables.Values.GroupBy(relation => relation.Table!, ReferenceEqualityComparer.Instance))
        {
            var relations = group.ToList();
            var schema = relations[0].Table!;
            List<ColumnSchema> columns = [.. ColumnsOf(schema, used.GetValueOrDefault(schema)), .. rowIds.GetValueOrDefault(schema) ?? []];
            string[] looked = [.. lookups.Where(each => ReferenceEquals(each.Table, schema)).Select(each => each.Column)];
            fetches.Add(Fetch(relations, scope.PlaceOf(relations[0]), columns, filters, looked));
        }

        var keyspace = scope.Keyspaces.Count > 0 ? scope.Keyspaces[0] : scope.Catalog.Keyspace;
        return new AssemblyPlan { Routing = new Routing(keyspace, scope.Uses), Fetches = [.. fetches.OrderBy(fetch => fetch.Rank)], Final = whole, IsOverCatalog = isOverCatalog };
    }

    private TableFetch Fetch(List<Relation> relations, TablePlace? place, List<ColumnSchema> columns, PushedFilters filters, IReadOnlyList<string> lookups)
    {
        var uses = new List<Routing.Use>();
        var conditions = new List<Expr>();
        var filtered = true;
        foreach (var relation in relations)
        {
            if (place is { IsReference: false }) uses.Add(new Routing.Use(place, scope.ConstraintOf(relation)));
            if (filters.ConditionFor(relation) is { } condition) conditions.Add(condition);
            else filtered = false;
        }

        var items = columns.Select(column => new SelectItem(new ColumnRef(null, null, new Identifier(column.Name, true)), null)).ToNodeList();
        var core = new SelectCore(items)
        {
            From = [new TableRef(new ObjectName(null, new Identifier(relations[0].Table!.Name, true)), null, [])],
            Where = filtered ? Conjuncts.Or(conditions) : null,
        };
        var statement = Fragment.Print(new SelectStatement(null, core), engine);
        var sources = place is not null && relations is [var only] ? filters.SourcesFor(only) : [];
        return new TableFetch(place, scope.ScratchName(relations[0]), columns, new Routing(place?.Keyspace ?? scope.Catalog.Keyspace, uses), statement, lookups)
        {
            Sources = sources, KeyLookups = [.. sources.Select(source => source.Column).Distinct().Select(column => KeyLookupOf(place!, column)).OfType<KeyLookup>()], Keyed = sources.Count > 0 ? new KeyedFetches(core, engine) : null, Rank = RankOf(place, uses, core.Where is not null),
        };
    }

    private KeyLookup? KeyLookupOf(TablePlace place, int column)
    {
        if (!place.IsSharded || place.Keyspace.Shards.Length == 1) return null;
        foreach (var lookup in place.Table.Lookups)
        {
            if (lookup is { WriteOnly: false, Columns: [var only] } && place.ColumnIndex(only) == column && scope.Catalog.EntriesOf(place.Keyspace, lookup) is { } entries)
                return new KeyLookup(column, lookup, entries);
        }

        return null;
    }

    private static int RankOf(TablePlace? place, List<Routing.Use> uses, bool filtered) =>
        uses.Count > 0 && uses.TrueForAll(use => use.Constraint is KeyNarrowing.Equal or KeyNarrowing.In or KeyNarrowing.ByLookup) ? 0
            : place is null or { IsReference: true } ? 1 : filtered ? 2 : 3;

    /// <summary>The columns of inner blocks that equal something of an outer block: without an index each outer row would scan the whole scratch table.</summary>
    private HashSet<(TableSchema Table, string Column)> Lookups(SqlNode statement)
    {
        var found = new HashSet<(TableSchema, string)>();
        foreach (var equality in SqlTree.All<Binary>(statement))
        {
            if (equality is not { Op: "=", Left: ColumnRef left, Right: ColumnRef right }) continue;
            if (scope.Binding.ColumnOf(left) is not { } first || scope.Binding.ColumnOf(right) is not { } second) continue;
            if (ReferenceEquals(first.Block, second.Block)) continue;
            foreach (var column in (ColumnBinding[])[first, second])
            {
                if (column is { Relation.Table: { } table, Column: { } schema }) found.Add((table, schema.Name));
            }
        }

        return found;
    }

    private static List<ColumnSchema> ColumnsOf(TableSchema schema, HashSet<int>? used)
    {
        var columns = new List<ColumnSchema>();
        for (var i = 0; i < schema.Columns.Count; i++)
        {
            if (used?.Contains(i) == true) columns.Add(schema.Columns[i]);
        }

        // A table of which no column is named still counts rows: the narrowest thing to fetch is one column.
        if (columns.Count == 0) columns.Add(schema.Column(schema.PrimaryKey.Count > 0 ? schema.PrimaryKey[0] : schema.Columns[0].Name)!);
        return columns;
    }

    private Dictionary<TableSchema, HashSet<int>> UsedColumns(SqlNode statement)
    {
        var used = new Dictionary<TableSchema, HashSet<int>>(ReferenceEqualityComparer.Instance);
        SqlTree.Any(statement, node =>
        {
            switch (node)
            {
                case ColumnRef name when scope.Binding.ColumnOf(name) is { Relation.Table: { } table } column:
                    Of(table).Add(column.Index);
                    break;
                case ColumnRef other when scope.Binding.ColumnOf(other) is null && scope.Binding.OutputAliasOf(other) is null && scope.Binding.OutputIndexOf(other) is null:
                    // It may be a whole row.
                    foreach (var relation in scope.Tables.Values.Where(relation => relation.Table is not null)) AddAll(relation.Table!);
                    break;
                case Star star:
                    foreach (var (relation, index) in scope.Binding.Expand(star))
                    {
                        if (relation.Table is { } starred) Of(starred).Add(index);
                    }

                    break;
                case InTable { Table: TableRef only } when scope.RelationOf(only)?.Table is { } whole:
                    AddAll(whole);
                    break;
                case Join { Natural: true } or Join { Using.Count: > 0 }:
                    AddAllBelow((Join)node);
                    break;
            }

            return false;
        });
        return used;

        HashSet<int> Of(TableSchema table)
        {
            if (!used.TryGetValue(table, out var columns)) used[table] = columns = [];
            return columns;
        }

        // The columns that a NATURAL or USING join compares are not named one by one; all are kept, so that the join stays the same.
        void AddAllBelow(Join join)
        {
            foreach (var table in SqlTree.All<TableRef>(join))
            {
                if (scope.RelationOf(table)?.Table is { } schema) AddAll(schema);
            }
        }

        void AddAll(TableSchema table)
        {
            for (var i = 0; i < table.Columns.Count; i++) Of(table).Add(i);
        }
    }

    /// <summary>The names by which rowids of tables on one shard are asked for; they are fetched like columns. Those of sharded tables are no numbers of one table.</summary>
    private Dictionary<TableSchema, List<ColumnSchema>> RowIds(SqlNode statement)
    {
        var found = new Dictionary<TableSchema, List<ColumnSchema>>(ReferenceEqualityComparer.Instance);
        foreach (var column in SqlTree.All<ColumnRef>(statement))
        {
            if (!scope.Binding.IsRowId(column, out var relation) || scope.PlaceOf(relation) is not { } place) continue;
            if ((place.IsSharded && !ReferenceEquals(column, scope.RowIdentity)) || SqlTree.Any(statement, node => node is Star star && scope.Binding.Expand(star).Any(each => each.Relation.Table == relation.Table)))
            {
                throw WrittenRowIds.NotOne(place);
            }

            if (!found.TryGetValue(place.Schema, out var names)) found[place.Schema] = names = [];
            if (names.All(each => !VSchemaNames.Comparer.Equals(each.Name, column.Column.Name))) names.Add(new ColumnSchema(column.Column.Name, new SqlType(SqlTypeKind.Int8), ""));
        }

        return found;
    }
}
