using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Shale.Contracts;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>
/// Copies a database into an empty one: tables, rows in chunks, then indexes, views and triggers, with the row ids and the state of AUTOINCREMENT; then reads both again and
/// compares the rows of each table by number and by a hash over every value. One transaction on the target: what is not committed is not there.
/// </summary>
/// <param name="source">Stands in a snapshot.</param>
/// <param name="target">A writer, in no transaction.</param>
/// <param name="cancellationToken">Leaves the target empty.</param>
internal sealed class SqliteCopy(IEngineConnection source, IEngineConnection target, CancellationToken cancellationToken)
{
    /// <summary>Copies everything. Errors: QUERY_ERROR (55006) if the target is not empty, (0A000) for virtual tables; SHARD_ERROR (XX001) if the copy differs.</summary>
    public async ValueTask RunAsync()
    {
        if ((await target.SchemaAsync(cancellationToken)).Count > 0)
        {
            throw new VitessException(ErrorCodes.QueryError, "the database to switch to is not empty", sqlState: "55006", hint: "Give an engine with a new file.");
        }

        var objects = await source.SchemaAsync(cancellationToken);
        var tables = await TablesAsync();
        await target.BeginRebuildAsync(cancellationToken);
        await MakeAsync(objects.Where(each => each.Type == "table"));
        foreach (var table in tables) await table.CopyAsync(source, target, null, cancellationToken);
        await CopyNumbersAsync(objects);
        await MakeAsync(objects.Where(each => each.Type == "index" && each.Sql is not null));
        await MakeAsync(objects.Where(each => each.Type == "view"));
        await MakeAsync(objects.Where(each => each.Type == "trigger"));
        foreach (var table in tables) await CompareAsync(table);
        var made = await target.SchemaAsync(cancellationToken);
        if (!made.ToHashSet().SetEquals(objects)) throw Differs("schema", $"{objects.Count} objects against {made.Count}");
        await target.CommitAsync(cancellationToken);
    }

    private async ValueTask<List<TableShape>> TablesAsync()
    {
        var list = await AskAsync(source, "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type <> 'view' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
        var tables = new List<TableShape>();
        for (var i = 0; i < list.RowCount; i++)
        {
            var name = list[i][0].AsText();
            if (list[i][1].AsText() != "table")
            {
                throw new VitessException(ErrorCodes.QueryError, $"the virtual table \"{name}\" cannot be copied to another engine", sqlState: "0A000", hint: "Drop it, and make it anew after the switch.");
            }

            tables.Add(TableShape.Of(name, await AskAsync(source, $"PRAGMA table_xinfo({SqlText.Quote(name)})"), withoutRowId: list[i][2].AsInteger() != 0));
        }

        return tables;
    }

    private async ValueTask MakeAsync(IEnumerable<ShardObject> objects)
    {
        foreach (var made in objects) await target.ExecuteAsync(made.Sql!, [], cancellationToken);
    }

    // Numbers that AUTOINCREMENT has given are not given again, though their rows are gone.
    private async ValueTask CopyNumbersAsync(IReadOnlyList<ShardObject> objects)
    {
        if (!objects.Any(each => each.Type == "table" && each.Sql!.Contains("AUTOINCREMENT", StringComparison.OrdinalIgnoreCase))) return;
        if ((await AskAsync(source, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")).RowCount == 0) return;
        var numbers = await AskAsync(source, "SELECT name, seq FROM sqlite_sequence");
        await target.ExecuteAsync("DELETE FROM sqlite_sequence", [], cancellationToken);
        for (var i = 0; i < numbers.RowCount; i++) await target.ExecuteAsync("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", numbers[i].ToArray(), cancellationToken);
    }

    private async ValueTask CompareAsync(TableShape table)
    {
        var (rows, hash) = await HashAsync(source, table);
        var (copied, copiedHash) = await HashAsync(target, table);
        if (rows != copied) throw Differs($"table \"{table.Name}\"", $"{rows} rows against {copied}");
        if (!hash.AsSpan().SequenceEqual(copiedHash)) throw Differs($"table \"{table.Name}\"", "a value is not the same");
    }

    private async ValueTask<(long Rows, byte[] Hash)> HashAsync(IEngineConnection connection, TableShape table)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long rows = 0;
        await foreach (var chunk in connection.StreamAsync(table.Verify, [], TableShape.ChunkBytes, cancellationToken))
        {
            for (var i = 0; i < chunk.RowCount; i++)
            {
                foreach (ref readonly var cell in chunk[i]) Add(hash, cell);
            }

            rows += chunk.RowCount;
        }

        return (rows, hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, in SqlValue cell)
    {
        Span<byte> head = stackalloc byte[9];
        var bytes = cell.Kind switch
        {
            SqlValueKind.Text => Encoding.UTF8.GetBytes(cell.AsText()),
            SqlValueKind.Blob => cell.AsBlob(),
            _ => [],
        };
        head[0] = (byte)cell.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], cell.Kind switch
        {
            SqlValueKind.Integer or SqlValueKind.Boolean => cell.AsInteger(),
            SqlValueKind.Real => BitConverter.DoubleToInt64Bits(cell.AsReal()),
            _ => bytes.Length,
        });
        hash.AppendData(head);
        hash.AppendData(bytes);
    }

    private async ValueTask<RowSet> AskAsync(IEngineConnection connection, string sql) => (await connection.ExecuteAsync(sql, [], cancellationToken)).Rows;

    private static VitessException Differs(string what, string how) => new(ErrorCodes.ShardError, $"the copy of {what} differs from the original: {how}", sqlState: "XX001",
        hint: "Nothing has been switched. Check the disk of the copy, and the original by PRAGMA integrity_check.");
}
