using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>An index that a CREATE INDEX has made, on every shard that holds the table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreateSql">The statement as the user wrote it.</param>
/// <param name="Unique">Whether it is unique.</param>
/// <param name="Columns">Its plain columns; expressions are not listed.</param>
public sealed record VIndex(string Name, string CreateSql, bool Unique, ImmutableArray<string> Columns);
