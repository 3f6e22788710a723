namespace Shale.Sql;

/// <summary>How a tree is printed.</summary>
public sealed record PrintOptions
{
    /// <summary>Everything as the tree says it.</summary>
    public static PrintOptions Default { get; } = new();

    /// <summary>
    /// The style of every parameter, numbered by <see cref="Parameter.Index"/>: QuestionNumber for SQLite, Dollar for PostgreSQL.
    /// Null, the default, keeps each as it was written.
    /// </summary>
    public ParameterStyle? ParameterStyle { get; init; }
}
