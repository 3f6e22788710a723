using System.Collections.Immutable;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A lookup vindex that a definition needs on a table that may have rows: it is complete before the definition counts (<see cref="LookupBuild"/>).</summary>
/// <param name="Owner">The table.</param>
/// <param name="Lookup">The vindex; its table is empty where any free name will do.</param>
/// <param name="Index">An index that the shards get with it; null for none.</param>
internal sealed record LookupNeed(string Owner, VLookup Lookup, CreateIndexStatement? Index)
{
    private static readonly string[] Options = ["table", "from", "to", "owner"];

    /// <summary>Whether the vindex and its index are all that the definition makes.</summary>
    public required bool IsAll { get; init; }

    /// <summary>What a definition needs; nothing for most. Errors: as for the definition itself.</summary>
    public static IReadOnlyList<LookupNeed> Of(Statement statement, GateSession session) => statement switch
    {
        CreateIndexStatement { Unique: true, Where: null } index => OfIndex(index, session),
        AlterTableStatement alter => OfConstraints(alter, session),
        AlterVSchemaStatement { Action: "add vindex", VindexType: { } type } alter when LookupTypes.IsOne(type) => OfVindex(alter, LookupTypes.IsUnique(type), session),
        _ => [],
    };

    /// <summary>The name of an index, made up as PostgreSQL would where its statement does not name it.</summary>
    public static string NameOf(CreateIndexStatement index, VTable table, VKeyspace keyspace) =>
        index.Name?.Name ?? IndexNames.Of(index, table.Name, name => RelationRenames.IsTaken(keyspace, name));

    private static IReadOnlyList<LookupNeed> OfIndex(CreateIndexStatement index, GateSession session)
    {
        if (Find(index.Table, session) is not { } place) return [];
        var names = index.Columns.Select(column => (column.Value as ColumnRef)?.Column.Name).ToList();
        if (names.Contains(null) || !IsMissing(place.Table, [.. names.OfType<string>()])) return [];
        var name = NameOf(index, place.Table, place.Keyspace);
        if (HasIndex(session.Keyspace, name) || (session.Dialect == SqlDialect.Postgres && RelationRenames.IsTaken(session.Keyspace, name))) return [];
        return [new LookupNeed(place.Table.Name, New(place, name, Columns(place, names!), unique: true), index with { Name = new Identifier(name, true), IfNotExists = false }) { IsAll = true }];
    }

    private static IReadOnlyList<LookupNeed> OfConstraints(AlterTableStatement alter, GateSession session)
    {
        if (Find(alter.Table, session) is not { } place) return [];
        var needs = new List<LookupNeed>();
        foreach (var key in alter.Actions.OfType<AddConstraint>().Select(action => action.Constraint).OfType<KeyConstraint>())
        {
            var names = key.Columns.Select(item => (item.Value as ColumnRef)?.Column.Name).ToList();
            if (key.ConflictAction.Length > 0 || names.Any(name => name is null || place.Schema.Column(name) is null) || !IsMissing(place.Table, [.. names.OfType<string>()])) continue;
            var columns = Columns(place, names!);
            var name = LookupRules.NameOf(new KeySchema(key.ConstraintName?.Name, columns.ToNodeList(), key.Primary), place.Table.Name);
            needs.Add(new LookupNeed(place.Table.Name, New(place, name, columns, unique: true), null) { IsAll = false });
        }

        return needs;
    }

    private static IReadOnlyList<LookupNeed> OfVindex(AlterVSchemaStatement alter, bool unique, GateSession session)
    {
        // One that nobody has created yet is only described: CREATE TABLE makes its entries' table.
        if (session.Catalog.FindPlace(alter.Table!) is not { } place) return [];
        if (!IsOwn(place, session))
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{place.Table.Name}\" is in keyspace \"{place.Keyspace.Name}\"", sqlState: "0A000", hint: $"Send the statement with \"{place.Keyspace.Name}\" as the target.");
        }

        var columns = Columns(place, alter.Columns.Select(column => column.Name));
        var name = alter.Vindex!.Name.Name;
        CheckOptions(alter, place.Table.Name, columns);
        var lookup = new VLookup(name, columns, alter.Options.FirstOrDefault(option => option.Name == "table")?.Value ?? "", unique);
        return [new LookupNeed(place.Table.Name, lookup, IndexOf(place, lookup, session.Keyspace)) { IsAll = true }];
    }

    /// <summary>Options of Vitess' that say nothing else than what is anyway.</summary>
    public static void CheckOptions(AlterVSchemaStatement alter, string table, IReadOnlyList<string> columns)
    {
        foreach (var option in alter.Options)
        {
            var isFit = option.Name switch
            {
                "from" => LookupRules.AreSame((option.Value ?? "").Split(',').Select(name => name.Trim()), columns),
                "to" => VSchemaNames.Comparer.Equals(option.Value ?? "", VLookup.KeyspaceIdColumn),
                "owner" => VSchemaNames.Comparer.Equals(option.Value ?? "", table),
                _ => Options.Contains(option.Name) && option.Value is { Length: > 0 },
            };
            if (isFit) continue;
            throw new VitessException(ErrorCodes.InvalidVSchema, $"{option.Name} = '{option.Value}' is nothing that a lookup vindex of \"{table}\" can have",
                hint: $"table names the table of its entries; from are the looked-up columns themselves, to is {VLookup.KeyspaceIdColumn}, owner the table.");
        }
    }

    /// <summary>Finding a row by what was looked up must not read the whole shard: an index, unless there is one.</summary>
    private static CreateIndexStatement? IndexOf(TablePlace place, VLookup lookup, VKeyspace keyspace)
    {
        if (place.Schema.Keys.Any(key => LookupRules.AreSame(key.Columns, lookup.Columns)) || HasIndex(keyspace, lookup.Name)) return null;
        if (!lookup.Unique && place.Table.Indexes.Any(index => index.Columns.Take(lookup.Columns.Length).SequenceEqual(lookup.Columns, VSchemaNames.Comparer))) return null;
        var columns = lookup.Columns.Select(column => new OrderItem(new ColumnRef(null, null, new Identifier(column, true))));
        return new CreateIndexStatement(new Identifier(lookup.Name, true), new ObjectName(null, new Identifier(place.Table.Name, true)), columns.ToNodeList()) { Unique = lookup.Unique };
    }

    private static TablePlace? Find(ObjectName name, GateSession session) => session.Catalog.FindPlace(name) is { } place && IsOwn(place, session) ? place : null;

    private static bool IsOwn(TablePlace place, GateSession session) => VSchemaNames.Comparer.Equals(place.Keyspace.Name, session.Keyspace.Name);

    private static bool IsMissing(VTable table, IReadOnlyList<string> columns) => !LookupRules.IsLocal(table, columns) && LookupRules.Covering(table, columns) is null;

    private static VLookup New(TablePlace place, string name, ImmutableArray<string> columns, bool unique) =>
        new(LookupRules.Free(name, each => LookupRules.IsTaken(each, place.Keyspace, place.Table)), columns, "", unique);

    /// <summary>The columns by the names they have; unknown ones stay, to be refused.</summary>
    private static ImmutableArray<string> Columns(TablePlace place, IEnumerable<string> names) => [.. names.Select(name => place.Schema.Column(name)?.Name ?? name)];

    private static bool HasIndex(VKeyspace keyspace, string name) => keyspace.Tables.Values.Any(table => table.Indexes.Any(each => VSchemaNames.Comparer.Equals(each.Name, name)));
}
