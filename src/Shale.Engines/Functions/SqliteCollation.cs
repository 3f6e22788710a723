namespace Shale.Engines;

/// <summary>A collation that every SQLite connection of Shale has.</summary>
/// <param name="Name">Its SQL name.</param>
/// <param name="Compare">Negative, zero or positive, as <see cref="Comparison{T}"/>; a total order that never changes, for indexes depend on it.</param>
public sealed record SqliteCollation(string Name, Comparison<string> Compare);
