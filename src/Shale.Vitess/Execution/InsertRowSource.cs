using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Rows ready to be inserted: for each shard that gets some, the parameters of the statement for one row.</summary>
/// <param name="Shards">The shards, in order of the ring.</param>
/// <param name="Rows">For each of them its rows.</param>
/// <param name="LastId">The number of the last row; null where nothing is numbered.</param>
/// <param name="Order">For each row, in the statement's order, which of <paramref name="Shards"/> gets it; empty where one gets all, or all get each.</param>
internal sealed record RoutedRows(int[] Shards, IReadOnlyList<SqlValue[]>[] Rows, long? LastId, int[] Order);

/// <summary>Numbers the rows of an INSERT and routes them. Thread-safe.</summary>
internal sealed class InsertRowSource(SequenceAllocator sequences)
{
    /// <summary>The rows that the statement lists.</summary>
    public ValueTask<RoutedRows> ListedAsync(InsertPlan plan, SqlValue[] values, SequenceMemory? memory, CancellationToken cancellationToken)
    {
        var rows = new SqlValue[plan.Rows.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            var cells = NewRow(plan, values);
            var sources = plan.Rows[i];
            for (var c = 0; c < sources.Length; c++) cells[c] = sources[c].Of(values);
            rows[i] = cells;
        }

        return RouteAsync(plan, rows, memory, cancellationToken);
    }

    /// <summary>The rows that the statement's query found.</summary>
    public async ValueTask<RoutedRows> FoundAsync(InsertPlan plan, RowSet found, SqlValue[] values, SequenceMemory? memory, CancellationToken cancellationToken)
    {
        var rows = new SqlValue[found.RowCount][];
        var types = rows.Length == 0 ? [] : found.Fields.Select(field => SqlTypes.Named(field.Type)).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var cells = NewRow(plan, values);
            var row = found[i];
            for (var c = 0; c < row.Length; c++)
            {
                var type = plan.Template.CellTypes[c];
                cells[c] = type.Kind == SqlTypeKind.Unknown ? row[c] : ParameterConversion.ForAssignment(row[c], types[c], type, SqlDialect.Postgres);
            }

            rows[i] = cells;
        }

        foreach (var (cell, sequence) in plan.RowNumbers)
        {
            if (rows.Length == 0) break;
            var next = await sequences.NextAsync(sequence.Keyspace, sequence.Sequence, rows.Length, cancellationToken);
            for (var i = 0; i < rows.Length; i++) rows[i][cell] = SqlValue.Integer(next + (i * sequence.Sequence.Increment));
            memory?.Took(sequence, next + ((rows.Length - 1) * sequence.Sequence.Increment));
        }

        return await RouteAsync(plan, rows, memory, cancellationToken);
    }

    private static SqlValue[] NewRow(InsertPlan plan, SqlValue[] values)
    {
        var width = plan.Template.CellTypes.Length;
        var tail = plan.Template.Tail;
        var cells = new SqlValue[width + tail.Length];
        for (var i = 0; i < tail.Length; i++) cells[width + i] = values[tail[i]];
        return cells;
    }

    private async ValueTask<RoutedRows> RouteAsync(InsertPlan plan, SqlValue[][] rows, SequenceMemory? memory, CancellationToken cancellationToken)
    {
        var last = plan.Sequence is null ? null : await NumberAsync(plan, plan.Sequence, rows, memory, cancellationToken);
        var place = plan.Place;
        plan.Once?.Check(rows);
        if (rows.Length == 0) return new RoutedRows([], [], last, []);
        if (place.IsReference)
        {
            var all = Enumerable.Range(0, place.Keyspace.Shards.Length).ToArray();
            return new RoutedRows(all, [.. all.Select(_ => rows)], last, []);
        }

        if (!place.IsSharded) return new RoutedRows([0], [rows], last, []);
        if (rows.Length == 1) return new RoutedRows([ShardOf(plan, rows[0])], [rows], last, []);

        var byShard = new List<SqlValue[]>?[place.Keyspace.Shards.Length];
        var order = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            order[i] = ShardOf(plan, rows[i]);
            (byShard[order[i]] ??= []).Add(rows[i]);
        }

        var shards = new List<int>();
        var places = new int[byShard.Length];
        var lists = new List<IReadOnlyList<SqlValue[]>>();
        for (var i = 0; i < byShard.Length; i++)
        {
            if (byShard[i] is not { } list) continue;
            places[i] = shards.Count;
            shards.Add(i);
            lists.Add(list);
        }

        for (var i = 0; i < order.Length; i++) order[i] = places[order[i]];
        return new RoutedRows([.. shards], [.. lists], last, order);
    }

    private static int ShardOf(InsertPlan plan, SqlValue[] row)
    {
        var cells = plan.Template.KeyCells;
        if (cells.Length == 1) return plan.Place.ShardOfNew(new ReadOnlySpan<SqlValue>(in row[cells[0]]));
        var key = new SqlValue[cells.Length];
        for (var i = 0; i < key.Length; i++) key[i] = row[cells[i]];
        return plan.Place.ShardOfNew(key);
    }

    /// <summary>Gives numbers to the rows that ask for one, and makes the sequence pass those that bring a higher one of their own in dialect sqlite (S2.6).</summary>
    private async ValueTask<long?> NumberAsync(InsertPlan plan, SequenceRef sequence, SqlValue[][] rows, SequenceMemory? memory, CancellationToken cancellationToken)
    {
        var cell = plan.Template.AutoCell;
        var always = cell >= plan.GivenCells;
        var asking = 0;
        long highest = long.MinValue;
        foreach (var row in rows)
        {
            if (always || (plan.NumbersNulls && row[cell].IsNull)) asking++;
            else if (row[cell].Kind == SqlValueKind.Integer) highest = Math.Max(highest, row[cell].AsInteger());
        }

        if (plan.NumbersNulls && highest > long.MinValue) await sequences.RaiseToAsync(sequence.Keyspace, sequence.Sequence, highest, cancellationToken);
        var next = asking == 0 ? 0 : await sequences.NextAsync(sequence.Keyspace, sequence.Sequence, asking, cancellationToken);
        if (asking > 0) memory?.Took(sequence, next + ((asking - 1) * sequence.Sequence.Increment));
        long? last = null;
        foreach (var row in rows)
        {
            if (always || (plan.NumbersNulls && row[cell].IsNull))
            {
                row[cell] = SqlValue.Integer(next);
                next += sequence.Sequence.Increment;
            }

            if (row[cell].Kind == SqlValueKind.Integer) last = row[cell].AsInteger();
        }

        return last;
    }
}
