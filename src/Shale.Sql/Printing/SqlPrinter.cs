using Shale.Sql.Printing;

namespace Shale.Sql;

/// <summary>Tree to text. Pure functions, safe from any thread.</summary>
public static class SqlPrinter
{
    /// <summary>
    /// The node in the dialect's syntax: the dialect's parser reads an equal tree from it. It prints syntax, not meaning: to carry a meaning
    /// over to another dialect is the translator's work. Throws QUERY_ERROR (0A000) for a construct that the dialect has no syntax for, and
    /// SYNTAX_ERROR (54001) for a tree too deep for the stack.
    /// </summary>
    /// <param name="node">A statement, an expression, or any part of one.</param>
    /// <param name="dialect">Whose syntax.</param>
    /// <param name="options">Null for <see cref="PrintOptions.Default"/>.</param>
    public static string Print(SqlNode node, SqlDialect dialect, PrintOptions? options = null) =>
        new Printer(dialect, options ?? PrintOptions.Default).Print(node);
}
