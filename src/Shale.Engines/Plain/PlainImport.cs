using System.Text;
using Shale.Contracts;
using Shale.Sql;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>What an import has taken.</summary>
/// <param name="Tables">How many tables.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="LeftOut">What was left out, each with the reason.</param>
/// <param name="Renumbered">The tables whose rows have other rowids than in the file; those of an INTEGER PRIMARY KEY are always kept.</param>
public sealed record ImportedFile(int Tables, long Rows, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Renumbered);

/// <summary>
/// Takes a plain SQLite file into a keyspace, through the gate, in dialect sqlite: tables, indexes and views by their own definitions, rows in batches, triggers last. Everything that the gate refuses is
/// found before the first row. If anything fails, what was made is dropped again. The file is read in one moment, and stays as it is. Used once, by one thread.
/// </summary>
/// <param name="gate">The gate.</param>
/// <param name="keyspace">The keyspace.</param>
/// <param name="skips">Whether what cannot be taken is left out; else it is an error that names all of it.</param>
/// <param name="progress">Is told how far each table is; null for nobody.</param>
public sealed class PlainImport(IVTGate gate, string keyspace, bool skips = false, IProgress<ExportProgress>? progress = null)
{
    private const int MostValues = 4_000, MostRows = 200, RowsPerTransaction = 10_000;
    private readonly List<string> _made = [];
    private readonly Dictionary<(string Kind, string Name), string> _leftOut = [];
    private readonly List<string> _renumbered = [];
    private long _rows;

    /// <summary>Does it. Errors: NOT_FOUND (58P01) if there is no file; SHARD_ERROR for one that is none of SQLite's or is damaged; QUERY_ERROR (0A000) for what cannot be taken; those of the gate.</summary>
    public async Task<ImportedFile> RunAsync(string path, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path)) throw new VitessException(ErrorCodes.NotFound, $"there is no file {path}", sqlState: "58P01", hint: "Check the name.");
        using var connection = SqliteConnection.Open(path, SqliteOpenMode.ReadWrite);
        SqliteSetup.Shard(connection, new SqliteEngineOptions());
        await using var source = new SqliteEngineConnection(connection, EngineAccess.Read, null);
        await source.BeginAsync(IsolationLevel.Serializable, readOnly: true, cancellationToken);
        try
        {
            return await TakeAsync(source, cancellationToken);
        }
        catch
        {
            await DropAsync();
            throw;
        }
    }

    private async Task<ImportedFile> TakeAsync(SqliteEngineConnection source, CancellationToken cancellationToken)
    {
        var objects = (await source.SchemaAsync(cancellationToken)).Where(each => each.Sql is not null && !each.Name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)).ToList();
        var plain = await TablesAsync(source, cancellationToken);
        var tables = await MakeAsync("table", [.. objects.Where(each => each.Type == "table" && plain.Contains(each.Name))], cancellationToken);
        await MakeByForeignKeyAsync(source, objects, tables, cancellationToken);
        bool IsOf(ShardObject each) => tables.Any(table => string.Equals(table.Name, each.Table, StringComparison.OrdinalIgnoreCase));
        await MakeAsync("index", [.. objects.Where(each => each.Type == "index" && IsOf(each))], cancellationToken);
        await MakeAsync("view", [.. objects.Where(each => each.Type == "view")], cancellationToken);

        // They must not fire for these rows; but whether they can be taken is to be known before.
        var triggers = await MakeAsync("trigger", [.. objects.Where(each => each.Type == "trigger" && IsOf(each))], cancellationToken);
        if (_leftOut.Count > 0 && !skips) throw CannotTake();
        foreach (var trigger in triggers) await RunAsync($"DROP TRIGGER {SqlText.Quote(trigger.Name)}", [], null, cancellationToken);
        foreach (var table in await InOrderAsync(source, tables, cancellationToken)) await CopyAsync(source, table.Name, cancellationToken);
        foreach (var trigger in triggers) await RunAsync(trigger.Sql!, [], null, cancellationToken);
        return new ImportedFile(tables.Count, _rows, [.. LeftOut], _renumbered);
    }

    private async Task<HashSet<string>> TablesAsync(SqliteEngineConnection source, CancellationToken cancellationToken)
    {
        var list = (await source.ExecuteAsync("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type <> 'view'", [], cancellationToken)).Rows;
        var plain = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < list.RowCount; i++)
        {
            if (list[i][1].AsText() == "table") plain.Add(list[i][0].AsText());
            else if (list[i][1].AsText() == "virtual") _leftOut[("virtual table", list[i][0].AsText())] = "a shard of a keyspace cannot have one";
        }

        return plain;
    }

    // Again and again, as long as some could be made: one may need another.
    private async Task<List<ShardObject>> MakeAsync(string kind, List<ShardObject> wanted, CancellationToken cancellationToken)
    {
        var made = new List<ShardObject>();
        var refused = new Dictionary<ShardObject, string>();
        for (var before = -1; made.Count > before && wanted.Count > 0;)
        {
            before = made.Count;
            foreach (var each in wanted.ToList())
            {
                try
                {
                    if (kind != "table" || !await IsThereAsync(each.Name, cancellationToken)) await MakeAsync(each, each.Sql!, cancellationToken);
                    made.Add(each);
                    wanted.Remove(each);
                }
                catch (VitessException failure) when (!failure.IsTransient)
                {
                    refused[each] = failure.Message;
                }
            }
        }

        foreach (var each in wanted) _leftOut[(each.Type, each.Name)] = refused[each];
        return made;
    }

    private async Task MakeAsync(ShardObject made, string sql, CancellationToken cancellationToken)
    {
        await RunAsync(sql, [], null, cancellationToken);
        if (made.Type is "table" or "view") _made.Add($"DROP {made.Type} IF EXISTS {SqlText.Quote(made.Name)}");
    }

    // A table that somebody has made for these rows, and sharded as he wants.
    private async Task<bool> IsThereAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            return (await RunAsync($"SELECT NOT EXISTS (SELECT 1 FROM {SqlText.Quote(table)})", [], null, cancellationToken)).Rows[0][0].AsInteger() == 1
                ? true
                : throw new VitessException(ErrorCodes.QueryError, $"the table {table} of the keyspace has rows already", sqlState: "55006");
        }
        catch (VitessException failure) when (failure.SqlState == "42P01")
        {
            return false;
        }
    }

    // A table whose foreign key cannot be kept where its own key leads goes to the rows that it refers to.
    private async Task MakeByForeignKeyAsync(SqliteEngineConnection source, List<ShardObject> objects, List<ShardObject> tables, CancellationToken cancellationToken)
    {
        for (var before = -1; tables.Count > before;)
        {
            before = tables.Count;
            foreach (var table in objects.Where(each => _leftOut.ContainsKey(("table", each.Name)) && each.Type == "table").ToList())
            {
                if (!await TryMakeByForeignKeyAsync(source, table, cancellationToken)) continue;
                _leftOut.Remove(("table", table.Name));
                tables.Add(table);
            }
        }
    }

    private async Task<bool> TryMakeByForeignKeyAsync(SqliteEngineConnection source, ShardObject table, CancellationToken cancellationToken)
    {
        var keys = (await source.ExecuteAsync($"SELECT group_concat(\"from\", ', ') FROM (SELECT id, \"from\" FROM pragma_foreign_key_list('{table.Name.Replace("'", "''", StringComparison.Ordinal)}') ORDER BY id, seq) GROUP BY id", [], cancellationToken)).Rows;
        for (var i = 0; i < keys.RowCount; i++)
        {
            try
            {
                await MakeAsync(table, $"{table.Sql} WITH (shard_key = '{keys[i][0].AsText().Replace("'", "''", StringComparison.Ordinal)}')", cancellationToken);
                return true;
            }
            catch (VitessException failure) when (!failure.IsTransient)
            {
                // The next one, or what was said of the table itself.
            }
        }

        return false;
    }

    // Those that others refer to come first.
    private static async Task<List<ShardObject>> InOrderAsync(SqliteEngineConnection source, List<ShardObject> tables, CancellationToken cancellationToken)
    {
        var ordered = new List<ShardObject>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var table in tables) await VisitAsync(table);
        return ordered;

        async Task VisitAsync(ShardObject table)
        {
            if (!seen.Add(table.Name)) return;
            var keys = (await source.ExecuteAsync($"PRAGMA foreign_key_list({SqlText.Quote(table.Name)})", [], cancellationToken)).Rows;
            for (var i = 0; i < keys.RowCount; i++)
            {
                if (tables.Find(each => string.Equals(each.Name, keys[i][2].AsText(), StringComparison.OrdinalIgnoreCase)) is { } parent) await VisitAsync(parent);
            }

            ordered.Add(table);
        }
    }

    private async Task CopyAsync(SqliteEngineConnection source, string table, CancellationToken cancellationToken)
    {
        var name = SqlText.Quote(table);
        var columns = (await source.ExecuteAsync($"PRAGMA table_xinfo({name})", [], cancellationToken)).Rows;
        var all = (await source.ExecuteAsync($"SELECT count(*) FROM {name}", [], cancellationToken)).Rows[0][0].AsInteger();
        var shape = TableShape.Of(table, columns, withoutRowId: true);
        var numbered = TableShape.Of(table, columns, withoutRowId: !await HasRowIdsAsync(source, table, cancellationToken));
        if (numbered.Columns.Count > shape.Columns.Count)
        {
            if (await TakesRowIdsAsync(numbered, cancellationToken)) shape = numbered;
            else if (all > 0) _renumbered.Add(table);
        }

        var batch = new RowBatch(name, shape.Columns, Math.Clamp(MostValues / shape.Columns.Count, 1, MostRows));
        var rows = source.StreamAsync(shape.Select, [], TableShape.ChunkBytes, cancellationToken);
        await CopyAsync(rows, batch, done => progress?.Report(new ExportProgress(table, done, all)), cancellationToken);
        var taken = (await RunAsync($"SELECT count(*) FROM {name}", [], null, cancellationToken)).Rows[0][0].AsInteger();
        if (taken != all) throw new VitessException(ErrorCodes.ShardError, $"table {table} has {taken} rows in the keyspace, and {all} in the file", sqlState: "XX001", hint: "Nobody else may write to it meanwhile.");
        _rows += all;
    }

    // Of its own: those of an INTEGER PRIMARY KEY, which alone has no index beside the table, come with that column.
    private static async Task<bool> HasRowIdsAsync(SqliteEngineConnection source, string table, CancellationToken cancellationToken) => (await source.ExecuteAsync("""
        SELECT wr = 0 AND (NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) WHERE pk > 0) OR EXISTS (SELECT 1 FROM pragma_index_list(t.name) WHERE origin = 'pk'))
        FROM pragma_table_list t WHERE schema = 'main' AND name = ?1
        """, [SqlValue.Text(table)], cancellationToken)).Rows[0][0].AsInteger() == 1;

    // The gate knows where rowids are one number; a table that was there already may also have none, or a column of that name.
    private async Task<bool> TakesRowIdsAsync(TableShape numbered, CancellationToken cancellationToken)
    {
        var there = (await gate.SchemaAsync(keyspace, cancellationToken)).First(each => string.Equals(each.Name, numbered.Name, StringComparison.OrdinalIgnoreCase));
        if (there.Columns.Any(column => string.Equals(column.Name, numbered.Columns[0], StringComparison.OrdinalIgnoreCase))) return false;
        try
        {
            await gate.DescribeAsync(new GateRequest(numbered.Insert, []) { Target = keyspace, Dialect = SqlDialect.Sqlite }, cancellationToken);
            return true;
        }
        catch (VitessException failure) when (failure.SqlState is "0A000" or "42703" or "42701")
        {
            return false;
        }
    }

    private async Task CopyAsync(IAsyncEnumerable<RowSet> rows, RowBatch batch, Action<long> tell, CancellationToken cancellationToken)
    {
        string? open = null;
        try
        {
            long done = 0, committed = 0;
            await foreach (var chunk in rows)
            {
                open ??= (await gate.BeginAsync(keyspace, null, SqlDialect.Sqlite, cancellationToken)).TxId;
                for (var i = 0; i < chunk.RowCount; i++)
                {
                    if (batch.Add(chunk[i])) done += await FlushAsync(batch, open, cancellationToken);
                }

                done += await FlushAsync(batch, open, cancellationToken);
                tell(done);
                if (done - committed < RowsPerTransaction) continue;

                // One whose commit fails is over, too.
                (var full, open, committed) = (open, null, done);
                await gate.CommitAsync(full, cancellationToken);
            }

            (var last, open) = (open, null);
            if (last is not null) await gate.CommitAsync(last, cancellationToken);
        }
        finally
        {
            if (open is not null) await gate.RollbackAsync(open, CancellationToken.None);
        }
    }

    private async Task<int> FlushAsync(RowBatch batch, string txId, CancellationToken cancellationToken)
    {
        var rows = batch.Rows;
        if (rows == 0) return 0;
        await RunAsync(batch.Text, batch.Take(), txId, cancellationToken);
        return rows;
    }

    private async Task<GateResult> RunAsync(string sql, IReadOnlyList<SqlValue> values, string? txId, CancellationToken cancellationToken) =>
        await gate.ExecuteAsync(new GateRequest(sql, values) { Target = txId is null ? keyspace : null, TxId = txId, Dialect = SqlDialect.Sqlite }, cancellationToken);

    private IEnumerable<string> LeftOut => _leftOut.Select(each => $"{each.Key.Kind} {each.Key.Name}: {each.Value}");

    private VitessException CannotTake() => new(
        ErrorCodes.QueryError, $"{_leftOut.Count} {(_leftOut.Count == 1 ? "object" : "objects")} of the file cannot be taken: {string.Join("; ", LeftOut)}", sqlState: "0A000", hint: "Nothing was taken. --skip leaves them out.");

    // What failed counts, not what cannot be dropped after it.
    private async Task DropAsync()
    {
        foreach (var drop in Enumerable.Reverse(_made))
        {
            try
            {
                await RunAsync(drop, [], null, CancellationToken.None);
            }
            catch (VitessException)
            {
                // Another table may refer to it still; the next start of an import says what is there.
            }
        }
    }

    /// <summary>Rows of one INSERT.</summary>
    private sealed class RowBatch(string table, IReadOnlyList<string> columns, int most)
    {
        private readonly string _full = TextOf(table, columns, most);
        private List<SqlValue> _values = [];

        public int Rows => _values.Count / columns.Count;

        public string Text => Rows == most ? _full : TextOf(table, columns, Rows);

        /// <summary>Adds a row; true if it is full.</summary>
        public bool Add(ReadOnlySpan<SqlValue> row)
        {
            foreach (ref readonly var value in row) _values.Add(value);
            return Rows == most;
        }

        public List<SqlValue> Take()
        {
            var taken = _values;
            _values = [];
            return taken;
        }

        private static string TextOf(string table, IReadOnlyList<string> columns, int rows)
        {
            var row = $"({string.Join(", ", Enumerable.Repeat("?", columns.Count))})";
            return new StringBuilder($"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ").AppendJoin(", ", Enumerable.Repeat(row, rows)).ToString();
        }
    }
}
