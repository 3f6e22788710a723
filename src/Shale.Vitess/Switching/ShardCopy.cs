using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The tables of a shard on another engine: made, filled chunk by chunk, and compared, in one transaction that is left open, so that until <see cref="CommitAsync"/> nobody sees any of it, and a crash leaves
/// nothing. Foreign keys and indexes come when all rows are there. One thread at a time.
/// </summary>
internal sealed class ShardCopy
{
    private const int ChunkBytes = 1 << 20;

    // What an engine keeps of its own beside tables.
    private const string Mark = ReservedNames.Prefix + "shard";

    // On PostgreSQL, the tables of a copy that no shard serves from yet: it is there from the copy's commit until the shard has gone over.
    private const string Unserved = ReservedNames.Prefix + "copy";

    private readonly IEngineConnection _source;
    private readonly IEngineConnection _target;
    private readonly StorageEngineType _from, _to;
    private readonly List<TableTransfer> _tables;
    private bool _isCommitted;

    private ShardCopy(IEngineConnection source, StorageEngineType from, IEngineConnection target, StorageEngineType to, List<TableTransfer> tables) =>
        (_source, _from, _target, _to, _tables) = (source, from, target, to, tables);

    /// <summary>
    /// Copies everything, and verifies it. A copy that an earlier switch has left on PostgreSQL, which a crash cut short, is removed. Errors: QUERY_ERROR (55006) if the target is not empty, (0A000) for what the target does not have; TYPE_ERROR for a value that it does not take; SHARD_ERROR (XX001) if
    /// the copy differs, and what keeps an engine from working. Then the target is as it was.
    /// </summary>
    /// <param name="source">The shard, in a snapshot that nobody writes beside.</param>
    /// <param name="from">Its engine.</param>
    /// <param name="target">The other engine.</param>
    /// <param name="keyspace">The tables.</param>
    /// <param name="cancellationToken">Leaves the target as it was.</param>
    public static async ValueTask<ShardCopy> MakeAsync(IEngineConnection source, StorageEngineType from, IStorageEngine target, VKeyspace keyspace, CancellationToken cancellationToken)
    {
        var tables = TableTransfers.Of(keyspace, target.Type).ToList();
        var objects = await source.SchemaAsync(cancellationToken);
        RequireKnown(objects, tables);
        tables.AddRange(OwnTables(objects, target.Type));
        var connection = await target.OpenAsync(EngineAccess.Write, cancellationToken);
        var copy = new ShardCopy(source, from, connection, target.Type, tables);
        try
        {
            await copy.RunAsync(cancellationToken);
            return copy;
        }
        catch
        {
            await copy.UndoAsync();
            throw;
        }
    }

    /// <summary>How many rows there are.</summary>
    public long Rows { get; private set; }

    /// <summary>Makes it durable.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        await _target.CommitAsync(cancellationToken);
        _isCommitted = true;
    }

    /// <summary>A shard that is served from is no copy that was left, also where nobody could say so when it went over. Errors: SHARD_ERROR.</summary>
    public static async ValueTask ClaimAsync(IStorageEngine engine, CancellationToken cancellationToken)
    {
        if (engine.Type != StorageEngineType.Postgres) return;
        await using var connection = await engine.OpenAsync(EngineAccess.Write, cancellationToken);
        await connection.ExecuteAsync(DropUnserved, [], cancellationToken);
    }

    /// <summary>The shard serves from it; lets go of the target. It does not fail: before the shard leaves it again, <see cref="ClaimAsync"/> says so.</summary>
    public async ValueTask CloseAsync()
    {
        try
        {
            if (_isCommitted && _to == StorageEngineType.Postgres) await ExecuteAsync(DropUnserved, CancellationToken.None);
        }
        catch (VitessException)
        {
            // See above.
        }

        await _target.DisposeAsync();
    }

    /// <summary>Removes what was copied, and lets go of the target. It does not fail: a target that cannot be reached any more keeps what was committed there.</summary>
    public async ValueTask UndoAsync()
    {
        try
        {
            await _target.RollbackAsync(CancellationToken.None);
            if (_isCommitted) await DropAsync();
        }
        catch (VitessException)
        {
            // Nothing refers to it; the next switch to it removes it.
        }
        finally
        {
            await _target.DisposeAsync();
        }
    }

    private async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var left = await LeftAsync(cancellationToken);
        await BeginAsync(cancellationToken);
        if (left.Length > 0) await ExecuteAsync($"DROP TABLE {string.Join(", ", left.Select(ScratchTable.Quote))}", cancellationToken);
        if (_to == StorageEngineType.Postgres) await ListAsync(cancellationToken);
        foreach (var table in _tables) await NamingAsync(table, ExecuteAsync(table.Create, cancellationToken));
        foreach (var table in _tables) await NamingAsync(table, CopyAsync(table, cancellationToken));
        foreach (var table in _tables)
        {
            foreach (var sql in table.After) await NamingAsync(table, ExecuteAsync(sql, cancellationToken));
        }

        foreach (var table in _tables) await NamingAsync(table, CompareAsync(table, cancellationToken));
        await _target.CheckDeferredAsync(cancellationToken);
    }

    private static string DropUnserved => $"DROP TABLE IF EXISTS {Unserved}";

    /// <summary>The tables that a switch that was cut short has left in the target. Errors: QUERY_ERROR (55006) for anything else.</summary>
    private async ValueTask<string[]> LeftAsync(CancellationToken cancellationToken)
    {
        var objects = (await _target.SchemaAsync(cancellationToken)).Where(each => each.Name != Mark).ToList();
        var own = new HashSet<string>(StringComparer.Ordinal);
        if (_to == StorageEngineType.Postgres && objects.Exists(each => each is { Type: "table", Name: Unserved }))
        {
            own.Add(Unserved);
            var names = (await _target.ExecuteAsync($"SELECT name FROM {Unserved}", [], cancellationToken)).Rows;
            for (var i = 0; i < names.RowCount; i++) own.Add(names[i][0].AsText());
        }

        if (objects.Find(each => !own.Contains(each.Table)) is { } stranger)
        {
            throw new VitessException(ErrorCodes.QueryError, $"the database to switch to is not empty: it has the {stranger.Type} \"{stranger.Name}\"", sqlState: "55006",
                hint: "Empty it, or give another: only what a switch has left that was cut short is removed by the next one.");
        }

        return [.. objects.Where(each => each.Type == "table").Select(each => each.Name)];
    }

    private async ValueTask ListAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"CREATE TABLE {Unserved} (name text PRIMARY KEY)", cancellationToken);
        await _target.ExecuteManyAsync($"INSERT INTO {Unserved} VALUES ($1)", [.. _tables.Select(IReadOnlyList<SqlValue> (table) => [SqlValue.Text(table.Name)])], cancellationToken);
    }

    // SQLite makes tables with their foreign keys, and must not check them before all rows are there.
    private ValueTask BeginAsync(CancellationToken cancellationToken) =>
        _to == StorageEngineType.Sqlite ? _target.BeginRebuildAsync(cancellationToken) : _target.BeginAsync(IsolationLevel.ReadCommitted, readOnly: false, cancellationToken);

    private async ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken) => await _target.ExecuteAsync(sql, [], cancellationToken);

    private async ValueTask CopyAsync(TableTransfer table, CancellationToken cancellationToken)
    {
        var fields = table.Fields(table.Stored);
        await foreach (var chunk in _source.StreamAsync(table.Select(table.Stored, _from), [], ChunkBytes, cancellationToken))
        {
            var rows = new RowSet(fields, chunk.RowCount);
            for (var i = 0; i < chunk.RowCount; i++) Convert(table, table.Stored, chunk[i], rows.AddRow(), _from, isSource: true);
            await _target.InsertRowsAsync(table.Name, rows, cancellationToken);
        }
    }

    private static void Convert(TableTransfer table, IReadOnlyList<int> columns, ReadOnlySpan<SqlValue> from, Span<SqlValue> to, StorageEngineType engine, bool isSource)
    {
        for (var i = 0; i < to.Length; i++) to[i] = table.Common(from[i], columns[i], engine, isSource);
    }

    private async ValueTask CompareAsync(TableTransfer table, CancellationToken cancellationToken)
    {
        var (original, copied) = await SumAsync(table, table.All, cancellationToken);
        if (original.Rows != copied.Rows) throw Differs(table, $"{original.Rows} rows against {copied.Rows}");
        Rows += original.Rows;
        if (original.Equals(copied)) return;
        foreach (var column in table.All)
        {
            (original, copied) = await SumAsync(table, [column], cancellationToken);
            if (!original.Equals(copied)) throw Differs(table, $"a value of column \"{table.Fields([column])[0].Name}\" is not the same");
        }

        throw Differs(table, "values belong to other rows");
    }

    private async ValueTask<(RowSum Original, RowSum Copied)> SumAsync(TableTransfer table, IReadOnlyList<int> columns, CancellationToken cancellationToken) =>
        (await SumAsync(table, columns, _source, _from, isSource: true, cancellationToken), await SumAsync(table, columns, _target, _to, isSource: false, cancellationToken));

    private static async ValueTask<RowSum> SumAsync(
        TableTransfer table, IReadOnlyList<int> columns, IEngineConnection connection, StorageEngineType engine, bool isSource, CancellationToken cancellationToken)
    {
        var sum = new RowSum();
        var row = new SqlValue[columns.Count];
        await foreach (var chunk in connection.StreamAsync(table.Select(columns, engine), [], ChunkBytes, cancellationToken))
        {
            for (var i = 0; i < chunk.RowCount; i++)
            {
                Convert(table, columns, chunk[i], row, engine, isSource);
                sum.Add(row);
            }
        }

        return sum;
    }

    private async ValueTask DropAsync()
    {
        await BeginAsync(CancellationToken.None);
        if (_to == StorageEngineType.Postgres) await ExecuteAsync(DropUnserved, CancellationToken.None);
        foreach (var table in _tables) await ExecuteAsync($"DROP TABLE {ScratchTable.Quote(table.Name)}{(_to == StorageEngineType.Postgres ? " CASCADE" : "")}", CancellationToken.None);
        await _target.CommitAsync(CancellationToken.None);
    }

    private static void RequireKnown(IReadOnlyList<ShardObject> objects, List<TableTransfer> tables)
    {
        foreach (var table in tables)
        {
            if (!objects.Any(each => each.Type == "table" && VSchemaNames.Comparer.Equals(each.Name, table.Name))) throw new VitessException(ErrorCodes.ShardError, $"the shard lacks table \"{table.Name}\"", sqlState: "XX001", hint: "A restart repairs shards.");
        }

        var known = tables.Select(table => table.Name).ToHashSet(VSchemaNames.Comparer);
        if (objects.FirstOrDefault(each => each.Type != "index" && !known.Contains(each.Name) && !each.Name.StartsWith(ReservedNames.Prefix, StringComparison.Ordinal)) is { } stray)
        {
            throw new VitessException(ErrorCodes.QueryError, $"the {stray.Type} \"{stray.Name}\" is on this shard alone, and has no definition for another engine", sqlState: "0A000", hint: "Drop it first.");
        }
    }

    private static IEnumerable<TableTransfer> OwnTables(IReadOnlyList<ShardObject> objects, StorageEngineType to)
    {
        if (Has(AnswerStore.Table)) yield return TableTransfers.OfOwn(AnswerStore.CreateOn(StorageEngineType.Postgres), AnswerStore.CreateOn(to));
        if (!Has(EntryNotes.Table)) yield break;

        // Numbers that are given go on behind those that are there.
        const string Onwards = $"SELECT setval(pg_get_serial_sequence('{EntryNotes.Table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {EntryNotes.Table}), false)";
        yield return TableTransfers.OfOwn(EntryNotes.CreateOn(StorageEngineType.Postgres), EntryNotes.CreateOn(to), to == StorageEngineType.Postgres ? [Onwards] : []);

        bool Has(string name) => objects.Any(each => each.Type == "table" && each.Name == name);
    }

    private static async ValueTask NamingAsync(TableTransfer table, ValueTask work)
    {
        try
        {
            await work;
        }
        catch (VitessException failure) when (!failure.Message.Contains($"\"{table.Name}\"", StringComparison.Ordinal))
        {
            var code = new ErrorCode(failure.Code, failure.SqlState ?? "XX000", failure.IsTransient, "", failure.Hint ?? "");
            throw new VitessException(code, $"table \"{table.Name}\": {failure.Message}", failure.Shard, inner: failure);
        }
    }

    private static VitessException Differs(TableTransfer table, string how) => new(ErrorCodes.ShardError, $"the copy of table \"{table.Name}\" differs from the original: {how}", sqlState: "XX001",
        hint: "Nothing has been switched. A value that one engine computes otherwise (a generated column) must be stored instead.");
}
