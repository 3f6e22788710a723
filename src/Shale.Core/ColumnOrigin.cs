namespace Shale;

/// <summary>A column of a table or view, by its numbers in PostgreSQL's catalog.</summary>
/// <param name="Table">The oid in <c>pg_class</c>; 0 for nothing.</param>
/// <param name="Column">The <c>attnum</c>, from 1; 0 for nothing.</param>
public readonly record struct ColumnOrigin(int Table, short Column);
