using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A view: the gate expands it; shards do not know it (SEMANTICS S2.7).</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreateSql">CREATE VIEW as the user wrote it.</param>
/// <param name="Dialect">The dialect of it.</param>
public sealed record VView(string Name, string CreateSql, SqlDialect Dialect);
