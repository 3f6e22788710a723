using Shale.Contracts;
using Shale.Sqlite;
using Shale.Vitess;

namespace Shale.Engines;

/// <summary>How far an export is.</summary>
/// <param name="What">A table, or a shard.</param>
/// <param name="Done">Rows, or pages of a shard, that are out.</param>
/// <param name="All">Of how many.</param>
public readonly record struct ExportProgress(string What, long Done, long All);

/// <summary>What an export has written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Rows">Rows of its tables.</param>
/// <param name="LeftOut">What a plain file cannot have, each with the reason.</param>
public sealed record ExportedFile(string Path, long Rows, IReadOnlyList<string> LeftOut);

/// <summary>
/// Writes the keyspace of a cluster that nobody uses meanwhile to plain SQLite files: one for each shard, as it is; or one of all, with the tables, indexes, views and triggers that users know, and each row once.
/// A file is there when it is whole and verified.
/// </summary>
public static class PlainExport
{
    private const string Unfinished = ".partial";

    /// <summary>Writes each shard to <c>NAME.SHARD.EXTENSION</c>. Errors: QUERY_ERROR (58P02) if a file exists, (0A000) for shards that are no page logs; SHARD_ERROR; TIMEOUT where it is cancelled.</summary>
    public static IReadOnlyList<ExportedFile> WriteShards(LocalCluster cluster, string keyspace, string path, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var files = new List<ExportedFile>();
        var tablets = TabletsOf(cluster, keyspace);
        string PathOf(VTTablet tablet) => Path.ChangeExtension(path, tablet.Shard + (Path.GetExtension(path) is { Length: > 0 } extension ? extension : ".db"));
        foreach (var tablet in tablets) RequireNew(PathOf(tablet));
        foreach (var tablet in tablets)
        {
            var database = (tablet.StorageEngine as SqliteEngine)?.Database
                ?? throw new VitessException(ErrorCodes.QueryError, "the shard lies in a plain file already", tablet.Shard, "0A000", hint: "Copy the file while the server is stopped.");
            var told = progress is null ? null : new ToldOf(tablet.Shard, progress);
            File.Delete(PathOf(tablet) + Unfinished);
            PlainFiles.Export(database, PageLog.PageFormat.MainBranch, null, PathOf(tablet) + Unfinished, told, SqliteRegistrations.Register, cancellationToken);
            File.Move(PathOf(tablet) + Unfinished, PathOf(tablet));
            files.Add(new ExportedFile(PathOf(tablet), 0, []));
        }

        return files;
    }

    /// <summary>
    /// Writes all shards to one file, and verifies it: rows, foreign keys, and SQLite's own check. Errors: QUERY_ERROR (58P02) if the file exists; CONSTRAINT_VIOLATION where rows of several shards do
    /// not go together; SHARD_ERROR. Then there is no file; also when it is cancelled.
    /// </summary>
    public static async ValueTask<ExportedFile> MergeAsync(LocalCluster cluster, string keyspace, string path, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireNew(path);
        var unfinished = path + Unfinished;
        File.Delete(unfinished);
        try
        {
            var vschema = cluster.Gate.VSchema.Get(keyspace);
            ExportedFile file;
            using (var connection = SqliteConnection.Open(unfinished, SqliteOpenMode.Create))
            {
                SqliteSetup.Shard(connection, new SqliteEngineOptions());
                await using var target = new SqliteEngineConnection(connection, EngineAccess.Write, null);
                file = await new MergedFile(vschema, [.. TabletsOf(cluster, keyspace).Select(tablet => tablet.StorageEngine)], target, progress, cancellationToken).WriteAsync(path);
            }

            File.Move(unfinished, path);
            return file;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static List<VTTablet> TabletsOf(LocalCluster cluster, string keyspace)
    {
        var name = cluster.Gate.VSchema.Get(keyspace).Name;
        return [.. cluster.Tablets.Where(tablet => VSchemaNames.Comparer.Equals(tablet.Keyspace, name))];
    }

    private static void RequireNew(string path)
    {
        if (File.Exists(path)) throw new VitessException(ErrorCodes.QueryError, $"the file {path} exists already", sqlState: "58P02", hint: "Name a new file.");
    }

    private sealed class ToldOf(string shard, IProgress<ExportProgress> progress) : IProgress<(long Done, long All)>
    {
        public void Report((long Done, long All) value) => progress.Report(new ExportProgress(shard, value.Done, value.All));
    }

    /// <summary>The file of all shards, in one transaction.</summary>
    private sealed class MergedFile(VKeyspace keyspace, IReadOnlyList<IStorageEngine> shards, IEngineConnection target, IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        private readonly List<string> _leftOut = [];
        private long _rows;

        public async ValueTask<ExportedFile> WriteAsync(string path)
        {
            var sources = new List<IEngineConnection>();
            try
            {
                foreach (var shard in shards) sources.Add(await shard.OpenAsync(EngineAccess.Read, cancellationToken));
                await WriteAsync(sources);
            }
            finally
            {
                foreach (var source in sources) await source.DisposeAsync();
            }

            var check = (await AskAsync(target, "SELECT integrity_check FROM pragma_integrity_check(1)"))[0][0].AsText();
            if (check != "ok") throw Differs($"SQLite finds that {check}");
            return new ExportedFile(path, _rows, _leftOut);
        }

        private async ValueTask WriteAsync(List<IEngineConnection> sources)
        {
            // The entries of lookup vindexes and what the gate keeps on shards are no tables of users.
            var tables = keyspace.Tables.Values.Where(table => table.Schema is not null && keyspace.OwnerOfEntries(table.Name) is null).ToDictionary(table => table.Name, VSchemaNames.Comparer);
            var objects = await sources[0].SchemaAsync(cancellationToken);
            await target.BeginRebuildAsync(cancellationToken);
            foreach (var made in objects.Where(each => each.Type == "table" && tables.ContainsKey(each.Name))) await target.ExecuteAsync(made.Sql!, [], cancellationToken);
            foreach (var table in tables.Values) await CopyAsync(table, table.IsSharded ? sources : sources[..1]);
            foreach (var made in objects.Where(each => each.Type == "index" && each.Sql is not null && tables.ContainsKey(each.Table))) await target.ExecuteAsync(made.Sql!, [], cancellationToken);
            foreach (var view in keyspace.Views.Values) await TryMakeAsync($"view {view.Name}", view.CreateSql, $"SELECT * FROM {SqlText.Quote(view.Name)} LIMIT 0", $"DROP VIEW IF EXISTS {SqlText.Quote(view.Name)}");
            foreach (var trigger in tables.Values.SelectMany(table => table.Triggers)) await TryMakeAsync($"trigger {trigger.Name}", trigger.CreateSql, null, null);

            // Checks every foreign key of the file.
            await target.CommitAsync(cancellationToken);
        }

        private async ValueTask CopyAsync(VTable table, IReadOnlyList<IEngineConnection> sources)
        {
            var name = SqlText.Quote(table.Name);
            var columns = await AskAsync(target, $"PRAGMA table_xinfo({name})");
            var withoutRowId = sources.Count > 1 || (await AskAsync(target, $"SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = '{table.Name.Replace("'", "''", StringComparison.Ordinal)}'"))[0][0].AsInteger() != 0;
            var shape = TableShape.Of(table.Name, columns, withoutRowId);
            long all = 0, done = 0;
            foreach (var source in sources) all += (await AskAsync(source, $"SELECT count(*) FROM {name}"))[0][0].AsInteger();
            foreach (var source in sources)
            {
                var before = done;
                done += await shape.CopyAsync(source, target, rows => progress?.Report(new ExportProgress(table.Name, before + rows, all)), cancellationToken);
            }

            var copied = (await AskAsync(target, $"SELECT count(*) FROM {name}"))[0][0].AsInteger();
            if (copied != all) throw Differs($"table {table.Name} has {copied} rows in it, and {all} on the shards");
            _rows += all;
        }

        private async ValueTask TryMakeAsync(string what, string sql, string? probe, string? undo)
        {
            try
            {
                await target.ExecuteAsync(sql, [], cancellationToken);
                if (probe is not null) await target.ExecuteAsync(probe, [], cancellationToken);
            }
            catch (VitessException failure) when (target.InTransaction)
            {
                _leftOut.Add($"{what}: {failure.Message}");
                if (undo is not null) await target.ExecuteAsync(undo, [], cancellationToken);
            }
        }

        private async ValueTask<RowSet> AskAsync(IEngineConnection connection, string sql) => (await connection.ExecuteAsync(sql, [], cancellationToken)).Rows;

        private static VitessException Differs(string how) => new(ErrorCodes.ShardError, $"the file is not what the shards are: {how}", sqlState: "XX001", hint: "Check the disk, and start again.");
    }
}
