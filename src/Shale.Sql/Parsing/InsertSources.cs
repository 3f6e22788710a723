namespace Shale.Sql.Parsing;

/// <summary>INSERT … SELECT … ON CONFLICT in SQLite, which reads an ON behind a table as that of a join.</summary>
internal static class InsertSources
{
    /// <summary>Whether the query ends with a table in FROM, so that it needs a WHERE in front of ON CONFLICT.</summary>
    public static bool EndsInFrom(SelectStatement source)
    {
        if (source.OrderBy.Count > 0 || source.Limit is not null || source.Offset is not null) return false;
        var last = source.Body is SetOperation operation ? operation.Right : source.Body;
        return last is SelectCore { From.Count: > 0, Where: null, GroupBy.Count: 0, Having: null, Windows.Count: 0 } core
            && core.From[^1] is not Join { On: not null } and not Join { Using.Count: > 0 };
    }
}
