namespace Shale.Sql;

/// <summary>Names that a statement may use beside those of columns: the variables of a block of PL/pgSQL.</summary>
public interface IVariableSource
{
    /// <summary>The type of the value that a name stands for; null where it stands for none. Errors: NOT_FOUND (42703) for a field that a record has not, QUERY_ERROR (55000) for a record that is nothing yet.</summary>
    /// <param name="qualifier">The name in front; null for none.</param>
    /// <param name="name">The name.</param>
    SqlType? TypeOf(string? qualifier, string name);
}

/// <summary>A name in a statement that stands for a variable.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Qualifier">The name in front; null for none.</param>
/// <param name="Name">The name.</param>
/// <param name="Type">Its type.</param>
/// <param name="NamesColumn">Whether it is all of a query's column, which has its name then.</param>
public sealed record VariableUse(SourceSpan Span, string? Qualifier, string Name, SqlType Type, bool NamesColumn);
