using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Gives relations other names: those of tables and constraints are changed by <see cref="TableAlteration"/>, those of indexes and sequences here. As in PostgreSQL, ALTER TABLE and ALTER INDEX rename relations
/// of each other's kinds, and the index of a constraint has one name with it.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="shards">Its shards.</param>
/// <param name="alter">Runs an ALTER TABLE.</param>
/// <param name="notices">What the user should know.</param>
internal sealed class RelationRenames(GateSession session, ShardDefinitions shards, Func<AlterTableStatement, ValueTask<Func<VSchema, VSchema>>> alter, List<string> notices)
{
    private VKeyspace Keyspace => session.Keyspace;

    /// <summary>Whether another relation of the keyspace has a name: a table, view, sequence or index.</summary>
    public static bool IsTaken(VKeyspace keyspace, string name) => keyspace.HasRelation(name)
        || keyspace.Tables.Values.Any(table => Has(table, name) || KeyOf(table, name) is not null);

    /// <summary>Whether a relation of the keyspace, or a constraint of one of its tables, has a name.</summary>
    public static bool IsTakenByAny(VKeyspace keyspace, string name)
    {
        // Only what is written in a definition, or begins with its table, can be the name.
        bool MayHave(VTable table) => table.Schema is not null
            && (table.CreateSql?.Contains(name, StringComparison.OrdinalIgnoreCase) == true || name.StartsWith(table.Name + "_", StringComparison.OrdinalIgnoreCase));
        return IsTaken(keyspace, name) || keyspace.Tables.Values.Any(table => MayHave(table) && ColumnRules.IsTaken(table, name));
    }

    /// <summary>
    /// Renames. Errors: NOT_FOUND (42P01) where there is no such relation; QUERY_ERROR (42P07) where the name is taken, (42809) where ALTER SEQUENCE or ALTER VIEW names another kind, (0A000) for a view that others use.
    /// </summary>
    public ValueTask<Func<VSchema, VSchema>> RunAsync(RenameStatement rename)
    {
        var name = rename.Name.Name.Name;
        if (session.Catalog.KeyspaceOf(rename.Name) is null) return new(Skipped(rename));
        if (session.Catalog.FindView(rename.Name) is { } view && rename.Kind != "sequence") return new(RenameView(view, rename.NewName.Name));
        if (Keyspace.FindSequence(name) is { } sequence && rename.Kind != "view") return new(RenameSequence(sequence, rename.NewName.Name));
        var isOther = session.Catalog.FindPlace(rename.Name) is not null || session.Catalog.FindView(rename.Name) is not null;
        var owner = isOther ? null : Keyspace.Tables.Values.FirstOrDefault(table => table.Schema is not null && (Has(table, name) || KeyOf(table, name) is not null));
        if (rename.Kind == "sequence" && (isOther || owner is not null)) throw new VitessException(ErrorCodes.QueryError, $"\"{name}\" is not a sequence", sqlState: "42809");
        if (rename.Kind == "view" && (isOther || owner is not null || Keyspace.FindSequence(name) is not null)) throw new VitessException(ErrorCodes.QueryError, $"\"{name}\" is not a view", sqlState: "42809");
        if (isOther) return alter(new AlterTableStatement(rename.Name, rename.IfExists, [new RenameTable(rename.NewName)]));
        if (owner is null) return new(Skipped(rename));
        LookupDefinitions.Refuse(Alter(owner, []), session);
        if (IsTaken(Keyspace, rename.NewName.Name)) throw VSchemaEdits.Taken(rename.NewName.Name);
        return Has(owner, name) ? RenameIndexAsync(owner, name, rename.NewName) : alter(Alter(owner, [new RenameConstraint(new Identifier(KeyOf(owner, name)!, true), rename.NewName)]));
    }

    /// <summary>The table in which a lookup vindex that was made with a key or an index, and is named as it, gets its new name. QUERY_ERROR (42710) where another vindex has that.</summary>
    public static VTable WithLookup(VTable table, IReadOnlyList<string> columns, string name, string newName, VKeyspace keyspace)
    {
        var lookup = table.Lookups.FirstOrDefault(each => VSchemaNames.Comparer.Equals(each.Name, name) && LookupRules.AreSame(each.Columns, columns));
        if (lookup is null) return table;
        if (!VSchemaNames.Comparer.Equals(name, newName) && LookupRules.IsTaken(newName, keyspace, table))
            throw new VitessException(ErrorCodes.QueryError, $"vindex \"{newName}\" already exists", sqlState: "42710", hint: "Choose another name.");
        return table with { Lookups = table.Lookups.Replace(lookup, lookup with { Name = newName }) };
    }

    /// <summary>The name as it stands of the key of a table that has it; null for none.</summary>
    public static string? KeyOf(VTable table, string name) => table.Schema is null ? null
        : Enumerable.Range(0, table.Schema.Keys.Count).Select(key => ModelKeys.KeyName(table, key)).FirstOrDefault(each => VSchemaNames.Comparer.Equals(each, name));

    /// <summary>The VSchema in which what was said of an index or a constraint, and pruned with its old name, is said of its new one.</summary>
    public static VSchema WithComments(VSchema schema, string keyspace, IReadOnlyDictionary<string, string> before, string table, string name, string newName)
    {
        if (before.GetValueOrDefault(ObjectComments.OfIndex(table, name)) is { } ofIndex) schema = ObjectComments.Set(schema, keyspace, ObjectComments.OfIndex(table, newName), ofIndex);
        return before.GetValueOrDefault(ObjectComments.OfConstraint(table, name)) is { } text ? ObjectComments.Set(schema, keyspace, ObjectComments.OfConstraint(table, newName), text) : schema;
    }

    private static bool Has(VTable table, string index) => table.Indexes.Any(each => VSchemaNames.Comparer.Equals(each.Name, index));

    private static AlterTableStatement Alter(VTable table, NodeList<AlterAction> actions) => new(new ObjectName(null, new Identifier(table.Name, true)), false, actions);

    private Func<VSchema, VSchema> Skipped(RenameStatement rename)
    {
        if (!rename.IfExists) throw Catalog.Unknown(rename.Name, NearestName.Hint(rename.Name.Name.Name, NamesLike(rename.Kind)));
        notices.Add($"relation \"{rename.Name.Name.Name}\" does not exist, skipping");
        return vschema => vschema;
    }

    private IEnumerable<string> NamesLike(string kind) => kind switch
    {
        "view" => Keyspace.Views.Keys,
        "sequence" => Keyspace.Sequences.Keys,
        _ => Keyspace.Tables.Values.SelectMany(table => table.Indexes.Select(index => index.Name)),
    };

    private Func<VSchema, VSchema> RenameView(VView view, string newName)
    {
        if (IsTaken(Keyspace, newName)) throw VSchemaEdits.Taken(newName);
        var keyspace = Keyspace.Name;
        var definition = (CreateViewStatement)SqlParser.Parse(view.CreateSql, view.Dialect) with { OrReplace = false, IfNotExists = false };
        var renamed = new VView(newName, SqlPrinter.Print(definition with { Name = definition.Name with { Name = new Identifier(newName, true) } }, view.Dialect), view.Dialect);
        VSchema Edit(VSchema vschema)
        {
            var comments = ObjectComments.Renamed(vschema.Get(keyspace).Comments, view.Name, newName);
            var changed = vschema.WithoutView(keyspace, view.Name).WithView(keyspace, renamed);
            return changed.WithKeyspace(changed.Get(keyspace) with { Comments = comments });
        }

        new ViewRules(session).Refuse($"view \"{view.Name}\" cannot be renamed", Edit(session.Catalog.VSchema));
        return Edit;
    }

    private Func<VSchema, VSchema> RenameSequence(VSequence sequence, string newName)
    {
        if (sequence.Name == newName || (IsTaken(Keyspace, newName) && !VSchemaNames.Comparer.Equals(sequence.Name, newName))) throw VSchemaEdits.Taken(newName);
        var (keyspace, texts) = (Keyspace.Name, new SequenceTexts(Keyspace, sequence.Name));
        VSchema Edit(VSchema vschema) => texts.Renamed(vschema.RenameSequence(keyspace, sequence.Name, newName), newName);
        RefuseUsed(sequence, texts, Edit(session.Catalog.VSchema));
        return Edit;
    }

    private void RefuseUsed(VSequence sequence, SequenceTexts texts, VSchema changed)
    {
        var what = $"sequence \"{sequence.Name}\" cannot be renamed";
        new ViewRules(session).Refuse(what, changed);
        foreach (var keyspace in session.Catalog.VSchema.Keyspaces.Values)
        {
            if (keyspace.Views.Values.FirstOrDefault(view => texts.AreIn(SqlParser.Parse(view.CreateSql, view.Dialect), keyspace)) is not { } used) continue;
            throw new VitessException(ErrorCodes.QueryError, $"{what} while view \"{used.Name}\" uses it", sqlState: "0A000", hint: $"DROP VIEW {used.Name}, and make it again afterwards.");
        }
    }

    private async ValueTask<Func<VSchema, VSchema>> RenameIndexAsync(VTable owner, string name, Identifier newName)
    {
        if (owner.Dialect != session.Dialect)
            throw new VitessException(ErrorCodes.QueryError, $"table \"{owner.Name}\" was made in the other dialect", sqlState: "0A000", hint: "Drop the index, and make it again in the dialect of its table.");
        var place = session.Catalog.Require(new ObjectName(null, new Identifier(owner.Name, true)));
        var renamed = Renamed(owner, name, newName, Keyspace);
        if (session.Engine == SqlDialect.Postgres)
        {
            await shards.EverywhereAsync(SqlPrinter.Print(new RenameStatement("index", new ObjectName(null, new Identifier(name, true)), false, newName), SqlDialect.Postgres));
        }
        else
        {
            // SQLite's indexes keep their names.
            var index = renamed.Indexes.First(each => each.Name == newName.Name);
            await shards.EverywhereAsync($"DROP INDEX {ScratchTable.Quote(name)}");
            await shards.EverywhereAsync(EngineSql.CreateIndex((CreateIndexStatement)SqlParser.Parse(index.CreateSql, owner.Dialect), place, session));
        }

        return vschema =>
        {
            var keyspace = vschema.Get(Keyspace.Name);
            return WithComments(vschema.WithTable(keyspace.Name, Renamed(keyspace.GetTable(owner.Name), name, newName, keyspace)), keyspace.Name, keyspace.Comments, owner.Name, name, newName.Name);
        };
    }

    private static VTable Renamed(VTable table, string name, Identifier newName, VKeyspace keyspace)
    {
        var index = table.Indexes.First(each => VSchemaNames.Comparer.Equals(each.Name, name));
        var statement = (CreateIndexStatement)SqlParser.Parse(index.CreateSql, table.Dialect) with { Name = newName, IfNotExists = false };
        var renamed = WithLookup(table, index.Columns, name, newName.Name, keyspace);
        renamed = renamed with { Indexes = table.Indexes.Replace(index, index with { Name = newName.Name, CreateSql = SqlPrinter.Print(statement, table.Dialect) }) };
        return renamed with { Schema = TableRestorer.Restore(renamed) };
    }
}
