using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A statement that has been parsed, and planned if it is one that is.</summary>
/// <param name="Parsed">The tree.</param>
/// <param name="Plan">The plan; null for statements that the gate answers or that define something.</param>
/// <param name="Values">Its bound values; null without a plan.</param>
internal sealed record PreparedStatement(ParsedSql Parsed, StatementPlan? Plan, SqlValue[]? Values);
