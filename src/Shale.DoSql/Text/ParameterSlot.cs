namespace Shale.DoSql;

/// <summary>Which value a parameter of SQLite takes.</summary>
/// <param name="Place">0-based among the values by place; -1 if no text names the number, so that it stays NULL.</param>
/// <param name="Name">Its name without the sign in front; null if it has none.</param>
internal readonly record struct ParameterSlot(int Place, string? Name);
