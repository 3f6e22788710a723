using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// What a transaction has written on each shard, so that a start can do it again where a crash comes between the commits of two of them. Each shard is then as it was when the
/// transaction began there, for it held the writer until its end. Thread-safe: statements run on several shards at once.
/// </summary>
internal sealed class WriteLog
{
    // What a client's transaction may keep in memory for this. One statement has its rows in memory anyway.
    private const long BytesAtMost = 64 << 20;
    private const int BytesAValue = 32;

    private readonly Lock _lock = new();
    private readonly List<(ITablet Tablet, IReadOnlyList<ShardStatement>? Statements)> _steps = [];
    private long _bytes;

    /// <summary>How many steps there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _steps.Count;
        }
    }

    /// <summary>Keeps what a shard has done.</summary>
    /// <param name="tablet">The shard.</param>
    /// <param name="statements">What it has done.</param>
    /// <param name="isOfOne">Whether all is of one statement.</param>
    public void Add(ITablet tablet, IReadOnlyList<ShardStatement> statements, bool isOfOne)
    {
        lock (_lock)
        {
            if (!isOfOne && _bytes <= BytesAtMost) _bytes += statements.Sum(BytesOf);
            _steps.Add((tablet, _bytes <= BytesAtMost ? statements : null));
        }
    }

    /// <summary>A shard has done something that cannot be done again from here.</summary>
    public void AddUnknown(ITablet tablet)
    {
        lock (_lock) _steps.Add((tablet, null));
    }

    /// <summary>Forgets all but the first steps: the rest was undone.</summary>
    public void Truncate(int count)
    {
        lock (_lock)
        {
            if (count < _steps.Count) _steps.RemoveRange(count, _steps.Count - count);
        }
    }

    /// <summary>What each shard is to do; null if that would not surely come to the same.</summary>
    public IReadOnlyList<ShardRedo>? Redo()
    {
        lock (_lock)
        {
            if (_steps.Exists(step => step.Statements is null)) return null;
            if (_steps.SelectMany(step => step.Statements!.Select(statement => (step.Tablet.Engine, statement.Sql))).Distinct().Any(each => !IsRepeatable(each.Sql, each.Engine))) return null;
            return [.. _steps.GroupBy(step => (step.Tablet.Keyspace, step.Tablet.Shard)).Select(group => new ShardRedo(group.First().Tablet, [.. group.SelectMany(step => step.Statements!)]))];
        }
    }

    private static bool IsRepeatable(string sql, StorageEngineType engine)
    {
        var dialect = engine == StorageEngineType.Sqlite ? SqlDialect.Sqlite : SqlDialect.Postgres;
        try
        {
            return !SqlTree.Any(SqlParser.Parse(sql, dialect), node => node is FunctionCall call && FunctionCatalog.VolatilityOf(call, dialect) == Volatility.Volatile);
        }
        catch (VitessException)
        {
            return false;
        }
    }

    // Hot path: bench main, load.
    private static long BytesOf(ShardStatement statement)
    {
        long bytes = statement.Sql.Length;
        foreach (var row in statement.Rows)
        {
            bytes += (long)BytesAValue * row.Count;
            for (var i = 0; i < row.Count; i++)
            {
                var value = row[i];
                if (value.Kind == SqlValueKind.Text) bytes += value.AsText().Length;
                else if (value.Kind == SqlValueKind.Blob) bytes += value.AsBlob().Length;
            }
        }

        return bytes;
    }
}
