using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Refuses what of time travel is not built over shards: a point in time is understood, and never ignored (SEMANTICS S5).</summary>
internal static class TimeTravel
{
    /// <summary>TT_NOT_SUPPORTED (0A000) for a statement that names a point or a period in time anywhere.</summary>
    public static void Refuse(Statement statement)
    {
        var found = SqlTree.All<SqlNode>(statement, node => node is not SystemTime).FirstOrDefault(node => node is SystemTime or SystemTimePoint);
        if (found is null) return;
        int? position = found.Span.Length > 0 ? found.Span.Start + 1 : null;
        if (statement is CreateTriggerStatement)
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, "a trigger cannot read the past: the shard's engine runs it, in which there is only the present",
                hint: "Keep what it reads in a table, CREATE TABLE … AS SELECT, or read the past in the statement that writes.", position: position);
        }

        throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"{(found is SystemTime { IsPeriod: true } ? "a period of time" : "a point in time")} is not built yet over shards in this statement",
            hint: "Read tables AS OF a point in SELECT, INSERT, UPDATE or DELETE; docs/time-travel.md says what is understood and what runs.", position: position);
    }

    /// <summary>TT_NOT_SUPPORTED (0A000) for a view that names points itself, and has one behind it.</summary>
    public static VitessException BehindTimedView(TableRef view) => new(ErrorCodes.TimeTravelNotSupported, $"view \"{view.Name.Name.Name}\" names points in time itself, and has another behind it",
        hint: "Read the view without a point, or write its query with the points that are meant.", position: view.Time!.Span.Length > 0 ? view.Time.Span.Start + 1 : null);
}
