using Shale.Sqlite;

namespace Shale.Engines;

/// <summary>An SQL aggregate, also usable as a window function, that every SQLite connection of Shale has.</summary>
/// <param name="Name">Its SQL name, in lower case.</param>
/// <param name="Args">How many arguments it takes; -1 for any number.</param>
/// <param name="Deterministic">Whether equal rows in equal order always give equal results.</param>
/// <param name="Start">Makes the state of a new group.</param>
public sealed record SqliteAggregate(string Name, int Args, bool Deterministic, Func<AggregateState> Start);
