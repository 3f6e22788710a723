namespace Shale.Sqlite;

/// <summary>What SQLite may assume of a function.</summary>
[Flags]
public enum SqliteFunctionFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Equal arguments give equal results: indexes and generated columns may use it.</summary>
    Deterministic = SqliteCode.Deterministic,

    /// <summary>Only in statements, not in views, triggers or constraints.</summary>
    DirectOnly = SqliteCode.DirectOnly,

    /// <summary>Without side effects: views, triggers and constraints may use it.</summary>
    Innocuous = SqliteCode.Innocuous,
}
