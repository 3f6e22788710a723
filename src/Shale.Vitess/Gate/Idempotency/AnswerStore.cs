using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>
/// The answers to writes that carried a key (SEMANTICS S4.4), in a table of the shards that no statement can name. Thread-safe. Invariants:
/// <list type="bullet">
/// <item>Every shard that a write has changed has a row of its key, written in the transaction of the change; the first one to commit has the answer, too. Each row names all of
/// them: a key that some of them lack tells that a crash, or the failure of a commit, has left part of the write.</item>
/// <item>The gate is the only one over its tablets: what they have of keys it has read when it first needed it, or written itself. So only a key that it has seen is looked for on
/// the shards, however many there are.</item>
/// <item>Rows older than <see cref="Kept"/> count as gone. They are removed some at a time by the writes that come later, in the order in which they lie in the table.</item>
/// </list>
/// </summary>
internal sealed class AnswerStore
{
    /// <summary>The table; tables of users cannot begin with two underscores and shale.</summary>
    internal const string Table = ReservedNames.Prefix + "answers";

    /// <summary>How long an answer is kept.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    // Every so many writes remove up to so many old answers: several times as many as have come, so that none pile up.
    private const int RemoveEvery = 64, RemoveRows = 512;

    // Rows of the same ten minutes lie together, so that old ones go page by page. 16 bytes tell statements apart.
    private const string Create = $"""
        CREATE TABLE IF NOT EXISTS "{Table}" (bucket INTEGER NOT NULL, key TEXT NOT NULL, part INTEGER NOT NULL, at INTEGER NOT NULL, statement BLOB NOT NULL, shards TEXT NOT NULL,
        answer BLOB, PRIMARY KEY (bucket, key, part)) WITHOUT ROWID
        """;

    private const string CreateOnPostgres = $"""
        CREATE TABLE IF NOT EXISTS "{Table}" (bucket BIGINT NOT NULL, key TEXT NOT NULL, part BIGINT NOT NULL, at BIGINT NOT NULL, statement BYTEA NOT NULL, shards TEXT NOT NULL,
        answer BYTEA, PRIMARY KEY (bucket, key, part))
        """;

    // Both read it: parameters stand in the order in which they are given.
    private const string Find = $"""SELECT at, statement, shards, answer FROM "{Table}" WHERE bucket IN ($1, $2) AND key = $3 AND part = $4""";
    private const string Known = $"""SELECT bucket, key, part FROM "{Table}" WHERE bucket >= $1 ORDER BY bucket DESC LIMIT $2""";
    private const string Insert = $"""INSERT INTO "{Table}" (bucket, key, part, at, statement, shards, answer) VALUES ($1, $2, $3, $4, $5, $6, $7)""";

    private const string Remove = $"""
        DELETE FROM "{Table}" WHERE (bucket, key, part) IN (SELECT bucket, key, part FROM "{Table}" WHERE bucket < $1 ORDER BY bucket, key, part LIMIT $2)
        """;

    // How many answers each shard that has the table has been given since the gate started.
    private readonly ConcurrentDictionary<string, StrongBox<int>> _made = new();
    private readonly FifoSemaphore _making = new(1);
    private readonly SeenKeys _seen = new();
    private volatile bool _allMade;

    /// <summary>The answer that a key has; null if it has none. Errors: IDEMPOTENCY_KEY_REUSED; TRANSACTION_ERROR (40003) if only part of the write has been committed.</summary>
    /// <param name="key">The key; told which shards could not be asked.</param>
    /// <param name="tablets">All shards of the gate: where a write went is not to be seen from its text.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async ValueTask<IReadOnlyList<GateResult>?> FindAsync(AnswerKey key, IReadOnlyList<ITablet> tablets, CancellationToken cancellationToken)
    {
        var bucket = BucketOf(key.At);
        if (!_allMade) await MakeAllAsync(key, tablets, cancellationToken);
        if (!_seen.MayHave(bucket, key.Text, key.Part)) return null;
        SqlValue[] values = [SqlValue.Integer(bucket - 1), SqlValue.Integer(bucket), SqlValue.Text(key.Text), SqlValue.Integer(key.Part)];
        var pending = new Task<ShardResult>[tablets.Count];
        for (var i = 0; i < pending.Length; i++) pending[i] = tablets[i].QueryAsync(new ShardQueryRequest(tablets[i].Shard, Find, values), cancellationToken).AsTask();
        Found? found = null;
        for (var i = 0; i < pending.Length; i++)
        {
            try
            {
                var rows = (await pending[i]).Rows;
                if (rows.RowCount > 0 && IsKept(rows[0][0].AsInteger(), key)) found = Found.Add(found, rows[0], tablets[i]);
            }
            catch (VitessException failure) when (failure.Code == ErrorCodes.ShardError.Code)
            {
                key.Unasked ??= failure;
            }
        }

        if (found is null) return null;
        if (!found.Statement.AsSpan().SequenceEqual(key.Digest)) throw new VitessException(ErrorCodes.IdempotencyKeyReused, $"the idempotency key \"{key.Text}\" was used for another statement");
        return found.Answer(key);
    }

    /// <summary>Keeps the answer to what a transaction has written, in that transaction.</summary>
    /// <param name="key">The key.</param>
    /// <param name="results">The answer.</param>
    /// <param name="transaction">It commits next, or is rolled back.</param>
    /// <param name="otherwise">Where to keep it if nothing was written on any shard; null to keep it nowhere.</param>
    /// <param name="cancellationToken">Undoes all.</param>
    public async ValueTask KeepAsync(
        AnswerKey key, IReadOnlyList<GateResult> results, CrossShardTransaction transaction, ITablet? otherwise, CancellationToken cancellationToken)
    {
        if (otherwise is not null && transaction.Writers.Count == 0) await transaction.WriteOnAsync(otherwise, cancellationToken);
        var writers = transaction.Writers;
        if (writers.Count == 0) return;
        _seen.Add(BucketOf(key.At), key.Text, key.Part);
        var names = string.Join(',', writers.Select(writer => NameOf(writer.Tablet)));
        for (var i = 0; i < writers.Count; i++)
        {
            var (tablet, txId) = writers[i];
            SqlValue[] row =
            [
                SqlValue.Integer(BucketOf(key.At)), SqlValue.Text(key.Text), SqlValue.Integer(key.Part), SqlValue.Integer(key.At), SqlValue.Blob(key.Digest), SqlValue.Text(names),
                i == 0 ? SqlValue.Blob(StoredAnswer.Write(results)) : SqlValue.Null,
            ];
            await transaction.ExecuteAsync(tablet, txId, Insert, [row], cancellationToken);
        }

        var (first, id) = writers[0];
        if (!_made.TryGetValue(NameOf(first), out var count) || Interlocked.Increment(ref count.Value) % RemoveEvery != 0) return;
        await transaction.ExecuteAsync(first, id, Remove, [[SqlValue.Integer(BucketOf(key.At) - 1), SqlValue.Integer(RemoveRows)]], cancellationToken);
    }

    /// <summary>The shards are what they were at another time: the table may be missing, and which keys have answers must be read anew.</summary>
    public async ValueTask RenewAsync(IReadOnlyList<ITablet> tablets, CancellationToken cancellationToken)
    {
        _ = await _making.AcquireAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        try
        {
            _allMade = false;
            foreach (var tablet in tablets)
            {
                if (_made.TryRemove(NameOf(tablet), out _)) await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, CreateOn(tablet.Engine), []), cancellationToken);
            }
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Makes the table.</summary>
    internal static string CreateOn(StorageEngineType engine) => engine == StorageEngineType.Sqlite ? Create : CreateOnPostgres;

    private static string NameOf(ITablet tablet) => $"{tablet.Keyspace}:{tablet.Shard}";

    private static long BucketOf(long at) => at / (long)Kept.TotalMilliseconds;

    private static bool IsKept(long at, AnswerKey key) => key.At - at < Kept.TotalMilliseconds;

    /// <summary>Makes the table on the shards that lack it, and reads what the others have. Notes a shard that does not answer; it is tried again by the next.</summary>
    private async ValueTask MakeAllAsync(AnswerKey key, IReadOnlyList<ITablet> tablets, CancellationToken cancellationToken)
    {
        _ = await _making.AcquireAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        try
        {
            foreach (var tablet in tablets) await TryMakeAsync(key, tablet, cancellationToken);
            _allMade = key.Unasked is null;
        }
        finally
        {
            _making.Release();
        }
    }

    private async ValueTask TryMakeAsync(AnswerKey key, ITablet tablet, CancellationToken cancellationToken)
    {
        if (_made.ContainsKey(NameOf(tablet))) return;
        try
        {
            var objects = await tablet.SchemaAsync(cancellationToken);
            if (objects.Any(each => each.Name == Table)) await ReadAsync(key, tablet, cancellationToken);
            else await tablet.ExecuteAsync(new ShardExecuteRequest(tablet.Shard, CreateOn(tablet.Engine), []), cancellationToken);
            _made[NameOf(tablet)] = new StrongBox<int>();
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.ShardError.Code)
        {
            key.Unasked ??= failure;
        }
    }

    private async ValueTask ReadAsync(AnswerKey key, ITablet tablet, CancellationToken cancellationToken)
    {
        var bucket = BucketOf(key.At);
        var known = (await tablet.QueryAsync(
            new ShardQueryRequest(tablet.Shard, Known, [SqlValue.Integer(bucket - 1), SqlValue.Integer(SeenKeys.MaxKeys)]), cancellationToken)).Rows;
        for (var i = known.RowCount - 1; i >= 0; i--) _seen.Add(known[i][0].AsInteger(), known[i][1].AsText(), (int)known[i][2].AsInteger());
        if (known.RowCount < SeenKeys.MaxKeys) return;
        _seen.AddUnknown(bucket - 1);
        _seen.AddUnknown(bucket);
    }

    /// <summary>What the shards have of a key.</summary>
    private sealed class Found(byte[] statement, string[] shards)
    {
        private readonly List<string> _have = [];
        private byte[]? _answer;

        public byte[] Statement => statement;

        public static Found Add(Found? found, ReadOnlySpan<SqlValue> row, ITablet tablet)
        {
            found ??= new Found(row[1].AsBlob(), row[2].AsText().Split(','));
            found._have.Add(NameOf(tablet));
            if (!row[3].IsNull) found._answer = row[3].AsBlob();
            return found;
        }

        public IReadOnlyList<GateResult> Answer(AnswerKey key)
        {
            var missing = shards.Except(_have).ToList();
            if (missing.Count > 0 && key.Unasked is { } failure) throw failure;
            if (missing.Count == 0 && _answer is not null) return StoredAnswer.Read(_answer);
            throw new VitessException(ErrorCodes.TransactionError,
                $"the statement with this idempotency key was committed on shards {string.Join(", ", _have)} and not on {string.Join(", ", missing)}", sqlState: "40003",
                hint: "Compare the rows of the named shards; keep statements on one shard where this must not happen.");
        }
    }
}
