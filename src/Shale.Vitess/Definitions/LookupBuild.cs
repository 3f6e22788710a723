using System.Collections.Immutable;
using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Gives a table that may have rows the lookup vindexes that a definition needs, while it is read and written (SEMANTICS S2.8).
/// <list type="number">
/// <item><see cref="BeginAsync"/>: the vindexes stand in the VSchema as write-only, with empty tables of entries and the indexes that come with them. Writes that stand alone
/// are waited for and held back until then (<see cref="RowMoves"/>), open transactions of clients fail with 40001: from here on every write keeps the entries.</item>
/// <item><see cref="FillAsync"/>: the rows get their entries. Two rows with equal values of a unique one are 23505.</item>
/// <item><see cref="Ready(VSchema)"/>: the edit that lets reads use them, made in one step with the rest of the definition.</item>
/// </list>
/// What fails before the third is undone by <see cref="UndoAsync"/>, and what crashes by the next start: a write-only vindex is never half of something.
/// </summary>
internal sealed class LookupBuild
{
    /// <summary>How often it tries to take back what it has made.</summary>
    private const int Attempts = 5;

    private readonly SchemaChanges _schema;
    private readonly string _keyspace;
    private readonly IReadOnlyList<LookupNeed> _needs;

    private LookupBuild(SchemaChanges schema, string keyspace, IReadOnlyList<LookupNeed> needs) => (_schema, _keyspace, _needs) = (schema, keyspace, needs);

    /// <summary>Whether the vindexes and their indexes are all that the definition makes.</summary>
    public bool IsAll => _needs.All(need => need.IsAll);

    /// <summary>What the user should know.</summary>
    public IEnumerable<string> Notices => _needs.Select(need => $"{(need.Lookup.Unique ? "UNIQUE " : "")}({string.Join(", ", need.Lookup.Columns)}) of table \"{need.Owner}\" is kept over the shards by the lookup vindex \"{need.Lookup.Name}\", whose entries are in table \"{need.Lookup.Table}\"");

    /// <summary>The first step; null where a definition needs no lookup vindex on a table that exists.</summary>
    /// <param name="statement">The definition.</param>
    /// <param name="target">Its target.</param>
    /// <param name="dialect">Its dialect.</param>
    /// <param name="schema">Where changes are made.</param>
    /// <param name="cancellationToken">Undoes it.</param>
    public static async ValueTask<LookupBuild?> BeginAsync(Statement statement, Target target, SqlDialect dialect, SchemaChanges schema, CancellationToken cancellationToken)
    {
        if (LookupNeed.Of(statement, schema.Current.For(target, dialect)).Count == 0) return null;
        LookupBuild? build = null;
        try
        {
            await schema.RunAsync(MakeAsync, cancellationToken);
            return build;
        }
        catch
        {
            build?.EndFill();
            throw;
        }

        async ValueTask<Func<VSchema, VSchema>> MakeAsync(GateState state, CrossShardTransaction shards)
        {
            var session = state.For(target, dialect);
            LookupDefinitions.Refuse(statement, session);
            var needs = LookupNeed.Of(statement, session);
            if (needs.Count == 0) return vschema => vschema;
            await schema.Moves.CloseAsync(cancellationToken);
            var (edit, made) = await LookupBuild.MakeAsync(needs, session, new ShardDefinitions(session, shards, cancellationToken), writeOnly: true);
            build = new LookupBuild(schema, session.Keyspace.Name, made);
            foreach (var need in made) schema.Fills.Begin(session.Keyspace.Name, need.Lookup.Name);
            return edit;
        }
    }

    /// <summary>Makes lookup vindexes of an empty table, complete at once.</summary>
    /// <returns>How the VSchema changes, and the vindexes with the names of their tables.</returns>
    public static ValueTask<(Func<VSchema, VSchema> Edit, IReadOnlyList<LookupNeed> Made)> MakeEmptyAsync(IReadOnlyList<LookupNeed> needs, GateSession session, ShardDefinitions shards) =>
        MakeAsync(needs, session, shards, writeOnly: false);

    /// <summary>The second step: the rows that were there before get their entries.</summary>
    /// <param name="running">Is told how far it is; cancelling it stops.</param>
    public async ValueTask FillAsync(RunningStatement running)
    {
        foreach (var need in _needs)
        {
            var table = _schema.Current.VSchema.Get(_keyspace).GetTable(need.Owner);
            var session = _schema.Current.For(new Target(_keyspace, null), table.Dialect);
            if (!_schema.Fills.TryGet(_keyspace, need.Lookup.Name, out var fill)) throw new InvalidOperationException($"lookup vindex {need.Lookup.Name} is not being filled");
            await new LookupFiller(EntriesOf(table, need.Lookup, session), session, fill, running).RunAsync();
        }

        running.State = "running";
    }

    /// <summary>The third step, as an edit of the VSchema: reads use the vindexes, and the indexes that came with them are keys.</summary>
    public VSchema Ready(VSchema vschema)
    {
        foreach (var need in _needs) vschema = Ready(vschema, _keyspace, need);
        return vschema;
    }

    /// <summary>The vindexes are no longer being filled: other definitions may change their tables.</summary>
    public void EndFill()
    {
        foreach (var need in _needs) _schema.Fills.End(_keyspace, need.Lookup.Name);
    }

    /// <summary>Takes back what the first step made. Where even that fails, the vindexes stay write-only: writes keep them, and the next start removes them.</summary>
    public async ValueTask UndoAsync()
    {
        EndFill();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                await _schema.RunAsync(RemoveAsync, CancellationToken.None);
                return;
            }
            catch (VitessException)
            {
                // The failure that led here is the one to report; writers may have kept this one from its locks.
            }
        }

        async ValueTask<Func<VSchema, VSchema>> RemoveAsync(GateState state, CrossShardTransaction shards)
        {
            await _schema.Moves.CloseAsync(CancellationToken.None);
            var session = state.For(new Target(_keyspace, null), SqlDialect.Postgres);
            return await LookupBuild.RemoveAsync(session, new ShardDefinitions(session, shards, CancellationToken.None), lookup => _needs.Any(need => VSchemaNames.Comparer.Equals(need.Lookup.Name, lookup.Name)));
        }
    }

    /// <summary>Removes the write-only lookup vindexes of tables that exist.</summary>
    /// <param name="session">The keyspace.</param>
    /// <param name="shards">Its shards.</param>
    /// <param name="which">Which of them.</param>
    public static async ValueTask<Func<VSchema, VSchema>> RemoveAsync(GateSession session, ShardDefinitions shards, Func<VLookup, bool> which)
    {
        Func<VSchema, VSchema> edits = vschema => vschema;
        foreach (var table in session.Keyspace.Tables.Values)
        {
            ImmutableArray<VLookup> removed = [.. table.Lookups.Where(lookup => lookup.WriteOnly && table.Schema is not null && which(lookup))];
            if (removed.IsEmpty) continue;
            foreach (var index in table.Indexes.Where(index => removed.Any(lookup => LookupDefinitions.IsOf(index, lookup))))
            {
                await shards.EverywhereAsync($"DROP INDEX IF EXISTS {ScratchTable.Quote(index.Name)}");
            }

            await LookupDefinitions.DropAsync(removed, shards);
            var before = edits;
            edits = vschema => LookupDefinitions.Without(before(vschema), session.Keyspace.Name, table.Name, removed);
        }

        return edits;
    }

    private static async ValueTask<(Func<VSchema, VSchema> Edit, IReadOnlyList<LookupNeed> Made)> MakeAsync(
        IReadOnlyList<LookupNeed> needs, GateSession session, ShardDefinitions shards, bool writeOnly)
    {
        var made = new List<LookupNeed>();
        var keyspace = session.Keyspace;
        foreach (var need in needs)
        {
            var owner = keyspace.GetTable(need.Owner);
            var result = LookupRules.Add(owner, need.Lookup with { WriteOnly = writeOnly }, keyspace);
            keyspace = result.Keyspace;
            made.Add(need with { Lookup = result.Owner.Lookups[^1] });
            await LookupDefinitions.MakeAsync(result.Entries, session, shards);
            if (need.Index is not { } index) continue;
            await shards.EverywhereAsync($"DROP INDEX IF EXISTS {ScratchTable.Quote(index.Name!.Name)}");
            await shards.EverywhereAsync(EngineSql.CreateIndex(index, session.Catalog.Require(index.Table), session));
            var known = new VIndex(index.Name!.Name, SqlPrinter.Print(index, session.Dialect), index.Unique, need.Lookup.Columns);
            keyspace = keyspace with { Tables = keyspace.Tables.SetItem(owner.Name, result.Owner with { Indexes = owner.Indexes.Add(known) }) };
        }

        VSchema Edit(VSchema vschema) => writeOnly ? vschema.WithKeyspace(keyspace) : made.Aggregate(vschema.WithKeyspace(keyspace), (edited, need) => Ready(edited, keyspace.Name, need));
        return (Edit, made);
    }

    private static EntryTable EntriesOf(VTable owner, VLookup lookup, GateSession session)
    {
        var place = session.Catalog.Require(new ObjectName(null, new Identifier(owner.Name, true)));
        return OwnerLookups.Of(place, session.Catalog, session.Engine)!.Tables.First(table => VSchemaNames.Comparer.Equals(table.Lookup.Name, lookup.Name));
    }

    private static VSchema Ready(VSchema vschema, string keyspace, LookupNeed need)
    {
        // The definition may have given the table another name.
        bool Is(VLookup lookup) => VSchemaNames.Comparer.Equals(lookup.Name, need.Lookup.Name);
        var table = vschema.Get(keyspace).Tables.Values.FirstOrDefault(each => each.Lookups.Any(Is))
            ?? throw new VitessException(ErrorCodes.NotFound, $"lookup vindex \"{need.Lookup.Name}\" of table \"{need.Owner}\" was dropped meanwhile", sqlState: "42704");
        return vschema.WithTable(keyspace, table with
        {
            Lookups = [.. table.Lookups.Select(lookup => Is(lookup) ? lookup with { WriteOnly = false } : lookup)],
            Schema = need.Index is { } index ? TableSchemas.WithIndex(table.Schema!, index) : table.Schema,
        });
    }
}
