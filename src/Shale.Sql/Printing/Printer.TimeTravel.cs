namespace Shale.Sql.Printing;

/// <summary>Points in time, RESTORE and CALL. They are Shale's own and look alike in both dialects.</summary>
internal sealed partial class Printer
{
    private void Time(SystemTime time)
    {
        Add("FOR SYSTEM_TIME ");
        switch (time.Kind)
        {
            case SystemTimeKind.AsOf:
                Add("AS OF ");
                Point(time.Start!);
                break;
            case SystemTimeKind.Between:
                Period("BETWEEN ", time, " AND ", "");
                break;
            case SystemTimeKind.FromTo:
                Period("FROM ", time, " TO ", "");
                break;
            case SystemTimeKind.ContainedIn:
                Period("CONTAINED IN (", time, ", ", ")");
                break;
            default:
                Add("ALL");
                break;
        }
    }

    private void Period(string before, SystemTime time, string between, string behind)
    {
        Add(before);
        Point(time.Start!);
        Add(between);
        Point(time.End!);
        Add(behind);
    }

    private void Point(SystemTimePoint point)
    {
        Add(point.Kind == PointKind.VersionsBack ? "VERSION CURRENT - " : point.Kind.ToString().ToUpperInvariant() + " ");
        if (point.Value is Parameter or Literal { Kind: LiteralKind.String or LiteralKind.Integer }) Expression(point.Value, 0);
        else Parenthesized(point.Value);
        if (point.OnBranch is null) return;
        Add(" AT ");
        Point(point.OnBranch);
    }

    private void TransactionPoint(SystemTimePoint? point)
    {
        if (point is null) return;
        Add(" AS OF ");
        Point(point);
    }

    private void SetEngine(SetEngineStatement set)
    {
        Add("ALTER KEYSPACE ");
        Name(set.Keyspace);
        Add(" SET ENGINE ");
        Name(new Identifier(set.Engine));
    }

    private void Backup(BackupStatement backup)
    {
        Add("BACKUP KEYSPACE ");
        Name(backup.Keyspace);
        Add(" TO ");
        String(backup.Directory);
    }

    private void Restore(RestoreStatement restore)
    {
        Add(restore.IsDatabase ? "RESTORE DATABASE " : "RESTORE KEYSPACE ");
        if (restore.Name is not null)
        {
            Name(restore.Name);
            Add(' ');
        }

        Add("TO ");
        Point(restore.Point);
    }

    private void CallProcedure(CallStatement statement)
    {
        var call = statement.Call;
        Add("CALL ");
        FunctionName(call);
        Add('(');
        if (call.IsStar) Add('*');
        if (call.Distinct) Add("DISTINCT ");
        Arguments(call);
        OrderBy(call.OrderBy, call.Args.Count > 0);
        Add(')');
    }
}
