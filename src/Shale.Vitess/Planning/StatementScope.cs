using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What a bound statement uses: its base tables, where they live, and what is said of their keys.</summary>
internal sealed class StatementScope
{
    private readonly Dictionary<QueryBlock, KeyClasses> _classes;
    private readonly Dictionary<TableRef, Relation> _tables = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Relation, TablePlace> _places = [];
    private readonly HashSet<string> _hiding = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Relation, Routing.Use> _uses = [];
    private readonly List<(Relation Relation, QueryBlock Block)> _onShards = [];

    private StatementScope(Binding binding, Dictionary<QueryBlock, KeyClasses> classes, Catalog catalog)
    {
        Binding = binding;
        _classes = classes;
        Catalog = catalog;
    }

    /// <summary>Names and types.</summary>
    public Binding Binding { get; }

    /// <summary>Which columns equal one another, and which values, in a block.</summary>
    public KeyClasses ClassesOf(QueryBlock block) => _classes[block];

    /// <summary>What is said of the sharding key of a relation; null for nothing.</summary>
    public KeyNarrowing? ConstraintOf(Relation relation) => _uses.GetValueOrDefault(relation)?.Constraint;

    /// <summary>The tables there are.</summary>
    public Catalog Catalog { get; }

    /// <summary>Every use of a table whose rows are not on every shard.</summary>
    public List<Routing.Use> Uses { get; } = [];

    /// <summary>The keyspaces of all tables used.</summary>
    public List<VKeyspace> Keyspaces { get; } = [];

    /// <summary>See <see cref="SelectPlanner.RowIdentity"/>.</summary>
    public ColumnRef? RowIdentity { get; set; }

    /// <summary>Whether a table is used that the gate itself fills.</summary>
    public bool HasGateTables { get; private set; }

    /// <summary>Whether a table is named with its keyspace in front, or with a point in time behind it, or has the name of a common table.</summary>
    public bool NamesKeyspaces { get; private set; }

    /// <summary>Every use of a base table.</summary>
    public IReadOnlyDictionary<TableRef, Relation> Tables => _tables;

    /// <summary>Reads a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="binding">Its names and types.</param>
    /// <param name="catalog">The tables there are.</param>
    /// <param name="lookups">Receives the entries that its shards depend on.</param>
    public static StatementScope Of(SqlNode statement, Binding binding, Catalog catalog, LookupReads lookups)
    {
        var scope = new StatementScope(binding, KeyClasses.Of(binding), catalog);
        var hasCommon = false;
        foreach (var block in binding.Blocks)
        {
            foreach (var relation in block.Relations)
            {
                scope.Add(relation, block);
                hasCommon |= relation.Common is not null;
            }
        }

        if (hasCommon || scope.NamesKeyspaces) scope.FindHiding(statement);
        scope.Narrow(new LookupNarrowing(scope, lookups));
        return scope;
    }

    /// <summary>Where a relation's rows live; null for anything but a table on shards.</summary>
    public TablePlace? PlaceOf(Relation relation) => _places.GetValueOrDefault(relation);

    /// <summary>The use that a write makes of its target; null for a reference table.</summary>
    public Routing.Use? TargetOf(Statement write) => _uses.GetValueOrDefault(Binding.BlockOf(write).Relations[0]);

    /// <summary>The relation of a table in FROM; null for a common table.</summary>
    public Relation? RelationOf(TableRef table) => _tables.GetValueOrDefault(table);

    /// <summary>Whether the tree below a node uses a table whose rows are not on every shard.</summary>
    public bool UsesShards(SqlNode node) => SqlTree.Any(node, child => child is TableRef table && IsOnShards(table));

    /// <summary>Whether every table used is whole on the shard of a table that is not sharded itself.</summary>
    public bool IsAllOnShardOf(TablePlace target) =>
        !HasGateTables && Keyspaces.TrueForAll(keyspace => ReferenceEquals(keyspace, target.Keyspace))
            && (target.Keyspace.Shards.Length == 1 || Uses.TrueForAll(use => !use.Place.IsSharded));

    /// <summary>Whether both relations are sharded alike, and their sharding keys equal in every row where both are: then those rows are on one shard.</summary>
    public bool HaveEqualKeys(Relation left, Relation right, KeyClasses known)
    {
        if (PlaceOf(left) is not { IsSharded: true } first || PlaceOf(right) is not { } second || !first.IsColocatedWith(second)) return false;
        for (var i = 0; i < first.ShardColumns.Length; i++)
        {
            if (!known.AreEqual(left, first.ShardColumns[i], right, second.ShardColumns[i])) return false;
        }

        return true;
    }

    /// <summary>What a key of GROUP BY stands for: the output that it names or numbers, else itself.</summary>
    public Expr GroupKey(Expr key, SelectCore core) => key switch
    {
        // Behind a star an output's number is not that of its item.
        Literal { Kind: LiteralKind.Integer } ordinal when int.TryParse(ordinal.Text, out var place) && place >= 1 && place <= core.Items.Count
            && !core.Items.Take(place).Any(item => item.Value is Star) => core.Items[place - 1].Value,
        ColumnRef name when Binding.OutputAliasOf(name) is { } aliased => aliased.Value,
        _ => key,
    };

    /// <summary>The statement with base tables named as shards and scratch databases name them.</summary>
    public T WithoutKeyspaces<T>(T statement)
        where T : SqlNode => NamesKeyspaces ? (T)new Plain(this).Map(statement) : statement;

    // Where tables have lost what tells them from the common tables of their names, these get other names.
    private void FindHiding(SqlNode statement)
    {
        var names = _tables.Values.Select(ScratchName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var common in SqlTree.All<CommonTable>(statement))
        {
            if (names.Contains(common.Name.Name)) _hiding.Add(common.Name.Name);
        }

        NamesKeyspaces |= _hiding.Count > 0;
    }

    private static Identifier Beside(Identifier common) => new("shale_with_" + common.Name, true);

    // SQLite keeps the names of its own catalog for itself.
    private static string GateTableName(TableSchema table) => "shale_" + table.Name;

    /// <summary>The name of a base table in a scratch database: its own, or with the keyspace where two keyspaces meet.</summary>
    public string ScratchName(Relation relation)
    {
        var table = relation.Table!;
        if (!_places.ContainsKey(relation)) return GateTableName(table);
        return Keyspaces.Count > 1 && _places.TryGetValue(relation, out var place) && !ReferenceEquals(place.Keyspace, Catalog.Keyspace)
            ? $"{place.Keyspace.Name}.{table.Name}"
            : table.Name;
    }

    private bool IsOnShards(TableRef table) =>
        _tables.TryGetValue(table, out var relation) && (!_places.TryGetValue(relation, out var place) || !place.IsReference);

    private void Add(Relation relation, QueryBlock block)
    {
        if (relation.Table is null) return;
        if (relation.Node is TableRef table)
        {
            _tables[table] = relation;
            NamesKeyspaces |= table.Name.Schema is not null || table.Time is not null;
        }

        if (Catalog.PlaceOf(relation.Table) is not { } place)
        {
            HasGateTables = true;
            NamesKeyspaces = true;
            return;
        }

        _places[relation] = place;
        if (!Keyspaces.Contains(place.Keyspace)) Keyspaces.Add(place.Keyspace);
        if (!place.IsReference) _onShards.Add((relation, block));
    }

    private void Narrow(LookupNarrowing lookups)
    {
        foreach (var (relation, block) in _onShards)
        {
            var place = _places[relation];
            var constraint = place.IsSharded ? lookups.Of(relation, block, _classes[block].ConstraintOf(relation, place)) : null;
            var use = new Routing.Use(place, constraint);
            _uses[relation] = use;
            Uses.Add(use);
        }
    }

    private sealed class Plain(StatementScope scope) : NodeMapper
    {
        public override SqlNode Map(SqlNode node) => node switch
        {
            TableRef table when scope._tables.TryGetValue(table, out var relation) && (table.Name.Schema is not null || table.Time is not null || !scope._places.ContainsKey(relation)) => table with
            {
                Time = null,
                Name = new ObjectName(null, new Identifier(scope.ScratchName(relation), true)),
                Alias = table.Alias ?? table.Name.Name,
            },
            TableRef table when scope._hiding.Contains(table.Name.Name.Name) && scope.Binding.RelationOf(table)?.Common is not null => table with
            {
                Name = table.Name with { Name = Beside(table.Name.Name) },
                Alias = table.Alias ?? table.Name.Name,
            },
            CommonTable common when scope._hiding.Contains(common.Name.Name) => (CommonTable)common.MapChildren(this) with { Name = Beside(common.Name) },
            ColumnRef { Schema: not null } column => column with { Schema = null },
            Star { Schema: not null } star => star with { Schema = null },
            _ => node.MapChildren(this),
        };
    }
}
