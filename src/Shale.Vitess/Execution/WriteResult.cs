using Shale.Contracts;

namespace Shale.Vitess;

/// <summary>What a write did.</summary>
/// <param name="Rows">RETURNING.</param>
/// <param name="Affected">Rows inserted, changed or deleted.</param>
/// <param name="LastInsertId">The last id given to a row.</param>
/// <param name="Shards">The shards written to.</param>
internal sealed record WriteResult(RowSet Rows, long Affected, long? LastInsertId, IReadOnlyList<string> Shards)
{
    /// <summary>Nothing.</summary>
    public static WriteResult None { get; } = new(new RowSet([]), 0, null, []);

    /// <summary>Adds up what several shards did.</summary>
    /// <param name="parts">What each did, statements in order.</param>
    /// <param name="shards">The shards, by name.</param>
    /// <param name="same">Whether all did the same to the same rows, so that one of them counts.</param>
    public static WriteResult Sum(IReadOnlyList<ShardResult> parts, IReadOnlyList<string> shards, bool same)
    {
        if (parts.Count == 0) return None with { Shards = shards };
        if (parts.Count == 1 || same) return new WriteResult(parts[0].Rows, parts[0].Affected, parts[0].LastInsertId, shards);
        var widest = parts.FirstOrDefault(part => part.Rows.Fields.Count > 0) ?? parts[0];
        var rows = new RowSet(widest.Rows.Fields);
        long affected = 0;
        long? last = null;
        foreach (var part in parts)
        {
            if (part.Rows.Fields.Count == rows.Fields.Count) rows.AddAll(part.Rows);
            affected += part.Affected;
            last = part.LastInsertId ?? last;
        }

        return new WriteResult(rows, affected, last, shards);
    }
}
