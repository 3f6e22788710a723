using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>A collation that every SQLite connection of Shale has.</summary>
/// <param name="Name">Its SQL name.</param>
/// <param name="Compare">Negative, zero or positive, of two texts in UTF-8; a total order that never changes, for indexes depend on it.</param>
public sealed record SqliteCollation(string Name, Utf8Comparison Compare);
