namespace Shale.Sql;

/// <summary>What stands behind a parameter of a normalised text.</summary>
/// <param name="OriginalIndex">The 1-based index of the statement's own parameter; 0 for a literal that was taken out.</param>
/// <param name="Value">The literal; NULL for the statement's own parameters.</param>
public readonly record struct NormalizedParameter(int OriginalIndex, SqlValue Value)
{
    /// <summary>Whether it was a literal.</summary>
    public bool IsLiteral => OriginalIndex == 0;
}
