using System.Globalization;

namespace Shale.Sql;

/// <summary>The value of a point in time as it was written. Pure functions, safe from any thread.</summary>
public static class TimePoints
{
    internal const string ExpressionHint = "Give a constant, a parameter, or an expression such as now() - INTERVAL '1 hour'.";

    /// <summary>TT_INVALID_SYNTAX for what is computed from columns, queries or aggregates.</summary>
    public static void RequireConstant(Expr value, SqlDialect dialect)
    {
        foreach (var node in SqlTree.All<Expr>(value))
        {
            var what = node switch
            {
                ColumnRef or Star => "columns",
                Subquery or Exists or ArraySubquery or InQuery or InTable => "queries",
                FunctionCall call when call.Over is not null || FunctionCatalog.IsAggregate(call, dialect) => "aggregates",
                _ => null,
            };
            if (what is null) continue;
            throw new VitessException(ErrorCodes.InvalidPoint, $"a point in time cannot be computed from {what}", hint: ExpressionHint, position: node.Span.Length > 0 ? node.Span.Start + 1 : null);
        }
    }

    /// <summary>Reads what stands behind AS OF, without parameters; a timestamp also without quotes. TT_INVALID_SYNTAX for what is no point.</summary>
    public static TimePoint Read(string text)
    {
        if (TimestampText.TryRead(text, out var moment)) return TimePoint.OfTimestamp(moment);
        try
        {
            if (SqlParser.Parse("BEGIN AS OF " + text, SqlDialect.Postgres) is BeginStatement { AsOf: { } point } && IsConstant(point)) return Resolve(point, _ => throw new InvalidOperationException("a constant needs no value"));
        }
        catch (VitessException failure) when (failure.Code == ErrorCodes.SyntaxError.Code)
        {
            // Said below.
        }

        throw new VitessException(ErrorCodes.InvalidPoint, $"\"{text}\" is no point in time", hint: "TIMESTAMP '2024-01-31 12:00:00', SNAPSHOT 'before-import', BOOKMARK '…', LSN 12345, VERSION CURRENT - 5.");
    }

    /// <summary>Whether the text alone says which point it is: no parameter, no expression.</summary>
    public static bool IsConstant(SystemTimePoint point) => point.Value is Literal && (point.OnBranch is null || IsConstant(point.OnBranch));

    /// <summary>The point. TT_INVALID_SYNTAX for a value that can be none, with its place in the text; TT_FUTURE_POINT for <c>VERSION CURRENT - -1</c>.</summary>
    /// <param name="point">As it was written.</param>
    /// <param name="evaluate">The values of what is no literal: parameters, and expressions of timestamps (as text, UTC or with an offset).</param>
    public static TimePoint Resolve(SystemTimePoint point, Func<Expr, SqlValue> evaluate)
    {
        var value = point.Value is Literal literal ? ValueOf(literal) : evaluate(point.Value);
        var onBranch = point.OnBranch is null ? null : Resolve(point.OnBranch, evaluate);
        try
        {
            return point.Kind switch
            {
                PointKind.Timestamp => TimePoint.OfTimestamp(Text(value, "a timestamp")),
                PointKind.Lsn => TimePoint.OfLsn(Number(value, "an LSN")),
                PointKind.Snapshot => TimePoint.OfSnapshot(Text(value, "a snapshot")),
                PointKind.Bookmark => TimePoint.OfBookmark(Text(value, "a bookmark")),
                PointKind.Branch => TimePoint.OfBranch(Text(value, "a branch"), onBranch),
                PointKind.Version => TimePoint.OfVersion(Number(value, "a version")),
                PointKind.VersionsBack => TimePoint.OfOffset(RelativeUnit.Version, -Number(value, "a number of versions")),
                _ => throw new InvalidOperationException($"unknown point {point.Kind}"),
            };
        }
        catch (VitessException failure) when (failure.Position is null && point.Span.Length > 0)
        {
            var code = failure.Code == ErrorCodes.FuturePoint.Code ? ErrorCodes.FuturePoint : ErrorCodes.InvalidPoint;
            throw new VitessException(code, failure.Message, hint: failure.Hint, inner: failure, position: point.Span.Start + 1);
        }
    }

    // A number beyond 64 bits stays text, which is then refused as no number.
    private static SqlValue ValueOf(Literal literal) => literal.Kind == LiteralKind.Integer && long.TryParse(literal.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? SqlValue.Integer(number)
        : SqlValue.Text(literal.Text);

    private static string Text(SqlValue value, string what) => value.Kind == SqlValueKind.Text ? value.AsText() : throw Wrong(value, what, "a string");

    private static long Number(SqlValue value, string what) => value.Kind == SqlValueKind.Integer && value.AsInteger() != long.MinValue ? value.AsInteger() : throw Wrong(value, what, "a whole number of 64 bits");

    private static VitessException Wrong(SqlValue value, string what, string wanted) => new(ErrorCodes.InvalidPoint, $"{what} is {wanted}, not {value}",
        hint: "AS OF TIMESTAMP '2024-01-31 12:00:00', LSN 12345, SNAPSHOT 'main@5', BRANCH 'feature-x', VERSION 5, VERSION CURRENT - 5.");
}
