using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Refuses what reads the past, until shards keep it (SEMANTICS S5): a point in time is understood, and never ignored.</summary>
internal static class TimeTravel
{
    /// <summary>TT_NOT_SUPPORTED (0A000) for a statement that names a point or a period in time anywhere.</summary>
    public static void Refuse(Statement statement)
    {
        var finder = new Finder();
        finder.Map(statement);
        if (finder.Found is not { } found) return;
        throw new VitessException(ErrorCodes.TimeTravelNotSupported, "not built yet: time travel needs the page log",
            hint: "Read the present; docs/time-travel.md says what is understood and what runs.", position: found.Span.Start + 1);
    }

    private sealed class Finder : SqlWalker
    {
        public SqlNode? Found { get; private set; }

        protected override bool Visit(SqlNode node)
        {
            if (node is SystemTime or SystemTimePoint) Found ??= node;
            return Found is null;
        }
    }
}
