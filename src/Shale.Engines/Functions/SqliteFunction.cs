using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>An SQL function that every SQLite connection of Shale has.</summary>
/// <param name="Name">Its SQL name, in lower case; the same name may occur with several argument counts.</param>
/// <param name="Args">How many arguments it takes; -1 for any number.</param>
/// <param name="Deterministic">Whether equal arguments always give equal results; only then may indexes use it.</param>
/// <param name="Body">What it computes.</param>
public sealed record SqliteFunction(string Name, int Args, bool Deterministic, ScalarFunction Body);
