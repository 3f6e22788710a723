namespace Shale.Sql;

/// <summary>A statement and the parameters it names.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="ParameterNames">One entry for each parameter, by index from 1 on: its name without the sign, or null for a positional one.</param>
public sealed record ParsedSql(Statement Statement, IReadOnlyList<string?> ParameterNames)
{
    /// <summary>How many values the statement needs: the highest index.</summary>
    public int ParameterCount => ParameterNames.Count;
}
