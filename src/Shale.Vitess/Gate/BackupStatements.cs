using System.Net;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// BACKUP KEYSPACE, also of a branch: an operator's statement. It writes files on the machine of the gate, so that only who is on that machine may say where: a connection over HTTP must come from a loopback address
/// (SEMANTICS S6.4 has no other way to tell an operator), and a program that has the gate in its own process always may.
/// </summary>
internal static class BackupStatements
{
    private static readonly Field[] Fields = [new("shard", "text"), new("lsn", "int8"), new("bytes", "int8"), new("new_bytes", "int8"), new("backup", "int8"), new("time", "text")];

    /// <summary>Runs one, and gives a row for each shard; meanwhile the process list shows how far it is. Errors: those of <see cref="IKeyspaceBackup.TakeAsync"/>; UNAUTHORIZED; TRANSACTION_ERROR (25001) in a transaction; NOT_FOUND (3D000).</summary>
    public static async ValueTask<GateResult> RunAsync(BackupStatement statement, RunningStatement running, GateTransaction? transaction, SchemaChanges schema, IKeyspaceBackup? backup)
    {
        if (transaction is not null) throw new VitessException(ErrorCodes.TransactionError, "BACKUP cannot be part of a transaction", sqlState: "25001");
        RequireOperator(running.Request.Client);
        var info = await TakeAsync(statement.Keyspace.Name, statement.Directory, schema, backup, new ShownProgress(running), running.Token);
        var rows = new RowSet(Fields);
        foreach (var shard in info.Shards)
        {
            rows.Add([SqlValue.Text(shard.Shard), SqlValue.Integer(shard.Last.Value), SqlValue.Integer(shard.Bytes), SqlValue.Integer(shard.NewBytes), SqlValue.Integer(info.Number), SqlValue.Text(TimestampText.Write(info.Time.ToMoment()))]);
        }

        return new GateResult(rows) { Tier = "gate", Shards = [.. info.Shards.Select(shard => shard.Shard)], Notices = NoticesOf(info.Keyspace, schema.Current.VSchema) };
    }

    /// <summary>Takes one, for whoever has the gate. Errors: those of <see cref="IKeyspaceBackup.TakeAsync"/>; NOT_FOUND (3D000).</summary>
    public static ValueTask<KeyspaceBackupInfo> TakeAsync(
        string keyspace, string directory, SchemaChanges schema, IKeyspaceBackup? backup, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        if (backup is null) throw new VitessException(ErrorCodes.QueryError, "the shards of this gate cannot be copied from here", sqlState: "0A000", hint: "Take the backup where the shards are.");
        if (!Path.IsPathFullyQualified(directory)) throw new VitessException(ErrorCodes.QueryError, $"\"{directory}\" is no full path", sqlState: "22023", hint: "The server has a working directory of its own: write the whole path.");
        var name = schema.Current.VSchema.Get(keyspace).Name;
        return backup.TakeAsync(new KeyspaceBackupRequest(name, directory, schema.QuietlyAsync, progress), cancellationToken);
    }

    /// <summary>What whoever takes a backup of a keyspace may miss in it: its branches. Nobody misses the others in that of one branch.</summary>
    public static IReadOnlyList<string> NoticesOf(string keyspace, VSchema schema)
    {
        if (BranchNames.RootOf(keyspace) != keyspace) return [];
        string[] branches = [.. schema.Keyspaces.Keys.Where(name => name != keyspace && BranchNames.RootOf(name) == keyspace).Order(StringComparer.Ordinal)];
        return branches.Length == 0 ? [] : [$"a backup of {keyspace} has none of its branches ({string.Join(", ", branches)}): each is backed up by itself"];
    }

    /// <summary>Shows it to whoever asks for the process list.</summary>
    private sealed class ShownProgress(RunningStatement running) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => running.State = value.State;
    }

    private static void RequireOperator(string? client)
    {
        if (client is null or "local" || (IPEndPoint.TryParse(client, out var address) && IPAddress.IsLoopback(address.Address))) return;
        throw new VitessException(ErrorCodes.Unauthorized, "BACKUP writes files on the server's machine, and is taken from that machine alone", hint: "Run `shale backup` there.");
    }
}
