using Shale.Contracts;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>VEXPLAIN ALL: the lines of VEXPLAIN PLAN, and how each shard's engine would run its statement. Nothing is run.</summary>
internal static class EnginePlans
{
    /// <summary>Adds the engines' plans to the lines of VEXPLAIN PLAN.</summary>
    public static async ValueTask<RowSet> AddAsync(RowSet plan, GateSession session, CancellationToken cancellationToken)
    {
        var lines = new List<string?[]>(plan.RowCount);
        for (var i = 0; i < plan.RowCount; i++)
        {
            var line = plan[i].ToArray().Select(cell => cell.IsNull ? null : cell.AsText()).ToArray();
            lines.Add([.. line, line[1] is null ? null : await PlanOfAsync(line[1]!, line[2], line[3]!, session, cancellationToken)]);
        }

        return SchemaLists.Text(["tier", "shard", "table", "sql", "engine"], lines);
    }

    private static async ValueTask<string?> PlanOfAsync(string shard, string? table, string sql, GateSession session, CancellationToken cancellationToken)
    {
        // One of them, whichever it will be: all have the same tables.
        var keyspace = table?.Split('.')[0] is { } prefix && PastNames.Is(prefix) ? prefix : session.Keyspace.Name;
        var all = session.Tablets.Of(keyspace);
        if ((shard == "one" ? all[0] : all.FirstOrDefault(each => each.Shard == shard)) is not { } tablet) return null;
        var values = new SqlValue[SqlParser.ParseWithParameters(sql, session.Engine).ParameterCount];
        var result = await tablet.QueryAsync(new ShardQueryRequest(tablet.Shard, "EXPLAIN QUERY PLAN " + sql, values), cancellationToken);

        // id, parent, notused, detail: children follow their parents, indented.
        var depths = new Dictionary<long, int> { [0] = 0 };
        var texts = new List<string>();
        for (var i = 0; i < result.Rows.RowCount; i++)
        {
            var row = result.Rows[i];
            var depth = depths.GetValueOrDefault(row[1].AsInteger());
            depths[row[0].AsInteger()] = depth + 1;
            texts.Add(new string(' ', 2 * depth) + row[3].AsText());
        }

        return texts.Count == 0 ? null : string.Join('\n', texts);
    }
}
