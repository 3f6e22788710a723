using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// The tables that a statement of one session can name: those of the target's keyspace, and of others by their keyspace's name
/// (SEMANTICS S1.1). Immutable for one version of the VSchema, and shared by all statements of that version. Thread-safe.
/// </summary>
internal sealed class Catalog : ISchemaSource
{
    private readonly Dictionary<TableSchema, TablePlace> _places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Dictionary<string, TablePlace>> _keyspaces = new(StringComparer.OrdinalIgnoreCase);

    private readonly IReadOnlyDictionary<TableSchema, string> _refused;
    private readonly Lazy<CatalogOids> _oids;

    /// <summary>Reads the VSchema for sessions of a dialect whose target is a keyspace.</summary>
    /// <param name="vschema">The VSchema.</param>
    /// <param name="keyspace">The target's keyspace.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="refused">Tables that no statement may use but DROP TABLE, and why; null for none.</param>
    public Catalog(VSchema vschema, VKeyspace keyspace, SqlDialect dialect, IReadOnlyDictionary<TableSchema, string>? refused = null)
    {
        _refused = refused ?? new Dictionary<TableSchema, string>();
        _oids = new Lazy<CatalogOids>(() => new CatalogOids(ModelKeys.Of(this)));
        VSchema = vschema;
        Keyspace = keyspace;
        Dialect = dialect;
        foreach (var each in vschema.Keyspaces.Values) _keyspaces[each.Name] = PlacesOf(each, dialect);
    }

    /// <summary>The VSchema it was made from.</summary>
    public VSchema VSchema { get; }

    /// <summary>The tables that no statement may use.</summary>
    public IReadOnlyDictionary<TableSchema, string> Refused => _refused;

    /// <summary>The target's keyspace.</summary>
    public VKeyspace Keyspace { get; }

    /// <summary>The numbers that PostgreSQL's catalog has for what users have made; from the first question on.</summary>
    public CatalogOids Oids => _oids.Value;

    /// <summary>The session's dialect.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>See <see cref="GateRequest.NamesSchemas"/>.</summary>
    public bool NamesSchemas { get; init; }

    /// <inheritdoc/>
    public string Database => Keyspace.Name;

    /// <inheritdoc/>
    public TableSchema? Find(ObjectName name) => FindPlace(name) is { } place ? Usable(place).Schema : CatalogTables.Find(name, Dialect);

    /// <summary>The place of a table that <see cref="Find"/> gave; null for those that the gate itself fills.</summary>
    public TablePlace? PlaceOf(TableSchema schema) => _places.GetValueOrDefault(schema);

    /// <summary>The place of a named table, or null; also of one that is refused.</summary>
    public TablePlace? FindPlace(ObjectName name) =>
        KeyspaceOf(name) is { } keyspace && _keyspaces.TryGetValue(keyspace.Name, out var tables) ? tables.GetValueOrDefault(name.Name.Name) : null;

    /// <summary>The place of a named table; NOT_FOUND (42P01) if there is none, SHARD_ERROR (XX001) if it is refused.</summary>
    public TablePlace Require(ObjectName name) => Usable(FindPlace(name) ?? throw Missing(name));

    /// <summary>The same place; SHARD_ERROR (XX001) if its table is refused (SEMANTICS S4.1), QUERY_ERROR (0A000) if it is on another engine than the target (S1.4).</summary>
    public TablePlace Usable(TablePlace place)
    {
        if (place.Keyspace.Engine != Keyspace.Engine)
        {
            throw new VitessException(ErrorCodes.QueryError, $"table \"{place.Table.Name}\" is on {place.Keyspace.Engine}, and the target \"{Keyspace.Name}\" on {Keyspace.Engine}: one statement has one engine", sqlState: "0A000",
                hint: $"Make \"{place.Keyspace.Name}\" the target, and bring rows from one to the other by two statements.");
        }

        if (_refused.Count == 0 || !_refused.TryGetValue(place.Schema, out var why)) return place;
        throw new VitessException(ErrorCodes.ShardError, why, sqlState: "XX001",
            hint: "A definition was interrupted. Compare the shards' files in the data directory and start again with the right ones from a copy, or drop the table.");
    }

    /// <summary>The place of a lookup vindex' entries, if they can be read and found by what is looked up; else null.</summary>
    public TablePlace? EntriesOf(VKeyspace keyspace, VLookup lookup)
    {
        if (!_keyspaces[keyspace.Name].TryGetValue(lookup.Table, out var place) || _refused.ContainsKey(place.Schema)) return null;
        return place.ColumnIndex(VLookup.KeyspaceIdColumn) >= 0 && lookup.Columns.All(column => place.ColumnIndex(column) >= 0)
            && place.Table.ShardColumns.All(column => lookup.Columns.Contains(column, VSchemaNames.Comparer)) ? place : null;
    }

    /// <summary>The keyspace that a name lives in: its qualifier, or the target's; null if the qualifier names none.</summary>
    public VKeyspace? KeyspaceOf(ObjectName name)
    {
        if (name.Schema is not { Name: var schema }) return Keyspace;
        return VSchema.Keyspaces.GetValueOrDefault(schema) ?? (schema == "public" || Names.Equal(schema, "main", SqlDialect.Sqlite) ? Keyspace : null);
    }

    /// <summary>The view of that name, or null.</summary>
    public VView? FindView(ObjectName name) => KeyspaceOf(name)?.Views.GetValueOrDefault(name.Name.Name);

    /// <inheritdoc/>
    public IEnumerable<string> NamesBeside(ObjectName name) => KeyspaceOf(name) is { } keyspace
        ? keyspace.Tables.Keys.Where(table => keyspace.OwnerOfEntries(table) is null).Concat(keyspace.Views.Keys)
        : [];

    /// <summary>The error for a table that does not exist, with the name that may be meant; QUERY_ERROR (42809) for a view in its place.</summary>
    public VitessException Missing(ObjectName name) => FindView(name) is { } view
        ? new VitessException(ErrorCodes.QueryError, $"\"{view.Name}\" is a view, and not a table that can be changed", sqlState: "42809", hint: "Name the tables that it reads.", position: name.Span.Length > 0 ? name.Span.Start + 1 : null)
        : Unknown(name, NearestName.Hint(name.Name.Name, NamesBeside(name)));

    /// <summary>The error for a table that does not exist.</summary>
    public static VitessException Unknown(ObjectName name, string? hint = null)
    {
        var text = name.Schema is null ? name.Name.Name : $"{name.Schema.Name}.{name.Name.Name}";
        return new VitessException(ErrorCodes.NotFound, $"relation \"{text}\" does not exist", sqlState: "42P01", hint: hint,
            position: name.Span.Length > 0 ? name.Span.Start + 1 : null);
    }

    private Dictionary<string, TablePlace> PlacesOf(VKeyspace keyspace, SqlDialect dialect)
    {
        var places = new Dictionary<string, TablePlace>(StringComparer.OrdinalIgnoreCase);
        foreach (var table in keyspace.Tables.Values)
        {
            if (table.Schema is null) continue;
            var place = new TablePlace(keyspace, table, dialect);
            places[table.Name] = place;
            _places[table.Schema] = place;
        }

        return places;
    }
}
