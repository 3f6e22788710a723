using Shale.PageLog;

namespace Shale.DoSql;

/// <summary>Points in time of a branch.</summary>
public partial class DoSqlBranch
{
    /// <summary>The branch as it was at a point. Errors: the TT_ codes of points that are not there.</summary>
    public TimeTravelSession AsOf(TimePoint point) => CreateTimeTravelSession(point);

    /// <summary>
    /// The branch as it was at a point, for as many queries as it takes. Errors: the TT_ codes of points that are not there; TT_INVALID_SYNTAX for an LSN or a version with
    /// <see cref="TimeTravelScope.Global"/>.
    /// </summary>
    /// <param name="asOf">The point.</param>
    /// <param name="scope">How far it reaches; null for what the point means by itself: an LSN is local, a timestamp global, anything else its branch's.</param>
    public TimeTravelSession CreateTimeTravelSession(TimePoint asOf, TimeTravelScope? scope = null)
    {
        var reach = TimeTravelScopes.Of(asOf, scope);
        return new TimeTravelSession(Engine, Engine.Points.Find(Name, asOf), reach);
    }

    /// <summary>
    /// Begins a transaction in the past: every table without a point of its own is read there; a statement that writes is READ_ONLY_TRANSACTION (25006). Dispose it. Errors: the TT_ codes of points that
    /// are not there.
    /// </summary>
    public Task<DoSqlTransaction> BeginAsync(TimePoint asOf, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(asOf);
        return BeginAsync(Engine.Points.Find(Name, asOf), cancellationToken);
    }

    /// <summary>
    /// Begins a transaction as SQL says: <c>BEGIN</c>, <c>BEGIN IMMEDIATE</c>, <c>BEGIN AS OF TIMESTAMP '…'</c>, <c>START TRANSACTION READ ONLY AS OF …</c>. Dispose it. Errors: SYNTAX_ERROR for another
    /// statement; the TT_ codes of points that are not there; LOCK_TIMEOUT (55P03).
    /// </summary>
    public async Task<DoSqlTransaction> BeginAsync(string begin, DoSqlParameters parameters = default, CancellationToken cancellationToken = default)
    {
        var text = Read(begin);
        if (text.Kind != StatementKind.Transaction || PastText.Parse(begin) is not Sql.BeginStatement statement)
        {
            throw new VitessException(ErrorCodes.SyntaxError, "the statement does not begin a transaction", hint: "BEGIN, BEGIN IMMEDIATE, BEGIN AS OF TIMESTAMP '2024-01-31 12:00:00'.");
        }

        var values = text.Arrange(parameters);
        var takesWriter = statement.Mode is "immediate" or "exclusive";
        if (statement.AsOf is null)
        {
            return await BeginAsync(statement.ReadOnly == true ? DoSqlTransactionMode.ReadOnly : takesWriter ? DoSqlTransactionMode.Immediate : DoSqlTransactionMode.Deferred, cancellationToken);
        }

        if (takesWriter) throw Refusals.WritingThePast();
        return await BeginAsync(await Access.FindAsync(text.Past!, values, cancellationToken), cancellationToken);
    }

    private async Task<DoSqlTransaction> BeginAsync(PastPoint point, CancellationToken cancellationToken)
    {
        var transaction = new DoSqlTransaction(Access, DoSqlTransactionMode.ReadOnly);
        await transaction.GoToAsync(point, cancellationToken);
        return transaction;
    }

    /// <summary>
    /// How many commits lie between two points of the branch: those after the one up to the other. Negative if the first is the later. Errors: the TT_ codes of points that are not there;
    /// TT_INVALID_SYNTAX for points of different branches.
    /// </summary>
    public long GetDistance(TimePoint from, TimePoint to)
    {
        var (first, second) = (Engine.Points.Find(Name, from), Engine.Points.Find(Name, to));
        if (first.Branch != second.Branch)
        {
            throw new VitessException(ErrorCodes.InvalidPoint, $"{from} is on {first.Branch}, {to} on {second.Branch}: there is no distance between branches", hint: "Compare the branches.");
        }

        return VersionOf(second) - VersionOf(first);
    }

    /// <summary>A text that names the newest durable version: it sorts by time, and <see cref="TimePoint.OfBookmark"/> makes a point of it.</summary>
    public string Bookmark() => Engine.Points.BookmarkOf(Name, Engine.Store.FindLsn(Name, Engine.Store.DurableLsn));

    /// <summary>
    /// Makes an earlier version of the branch its newest: a commit of its own, nothing is removed. Waits for the branch's writer. Errors: the TT_ codes of points that are not there, TT_POINT_NOT_FOUND
    /// also for a time before the first commit; LOCK_TIMEOUT (55P03); TT_INVALID_SYNTAX for a point of another branch.
    /// </summary>
    public async Task<RestoreResult> RestoreAsync(TimePoint to, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        var access = Access;
        var lease = await access.Writer.LeaseAsync(cancellationToken);
        try
        {
            var point = Engine.Points.Find(Name, to);
            if (point.Branch != Name)
            {
                throw new VitessException(ErrorCodes.InvalidPoint, $"{to} is on {point.Branch}: a branch is restored to a point of its own past", hint: "Begin a branch there: BranchAsync.");
            }

            if (point.Lsn == Lsn.Zero && to is (TimePoint.AtTimestamp or TimePoint.Relative { Unit: RelativeUnit.Microsecond }))
            {
                throw new VitessException(ErrorCodes.PointNotFound, $"there was nothing yet at {to}");
            }

            var undo = Bookmark();
            lease.CloseConnection();
            var lsn = Engine.Store.Restore(Name, point.Lsn);
            access.Readers.Renew();
            return new RestoreResult(lsn, undo);
        }
        finally
        {
            lease.Release();
        }
    }

    private long VersionOf(PastPoint point) => Engine.Store.FindCommit(point.Branch, point.Lsn)?.Version ?? 0;
}
