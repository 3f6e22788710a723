using Shale.Sql;

namespace Shale.Vitess;

/// <summary>Statements that begin anew, since what they were planned for has changed while they ran.</summary>
internal sealed partial class StatementRunner
{
    /// <summary>
    /// Whether a statement that stands alone has failed because rows moved to other shards, or a definition changed, while it ran: then <see cref="RunAgainAsync"/> runs it anew. It has done nothing.
    /// </summary>
    public bool RunsAgain(Exception failure, GateRequest request, RunningStatement running) => request.AsOf is null && !IsKept(request) && IsOfOthers(failure, request, running);

    /// <summary>Runs a statement that stands alone when no rows move and no definition is being committed, and anew if that has happened while it ran.</summary>
    public async ValueTask<GateResult> RunAgainAsync(GateRequest request, RunningStatement running)
    {
        await WhenCurrentAsync(running);
        return await RunAloneAsync(request, running);
    }

    private async ValueTask<GateResult> RunAloneAsync(GateRequest request, RunningStatement running)
    {
        while (true)
        {
            try
            {
                return await RunOnceAsync(request, null, running);
            }
            catch (Exception failure) when (IsOfOthers(failure, request, running))
            {
                await WhenCurrentAsync(running);
            }
        }
    }

    private async ValueTask WhenCurrentAsync(RunningStatement running)
    {
        await schema.Moves.WhenOpenAsync(running.Token);
        if (schema.Publishing is { } publishing) await publishing.WaitAsync(running.Token);
    }

    private bool IsOfOthers(Exception failure, GateRequest request, RunningStatement running) => IsOfMove(failure, request, running) || IsOutdated(failure, request, running);

    // Another engine does not understand what was planned for the one before; and a write that has waited for a shard's writer meanwhile is sent away before it has begun.
    private bool IsOfMove(Exception failure, GateRequest request, RunningStatement running)
    {
        if (failure is RowsMovedException) return true;
        if (failure is not VitessException { Code: var code } || running.Session is not { } session) return false;
        var isStill = schema.Moves.IsStill(session.Epoch);
        if (code == ErrorCodes.SerializationFailure.Code) return !isStill || schema.Moves.IsClosed;
        return !isStill && KeyedStatements.OnlyReads(request.Sql, request.Dialect ?? SqlDialect.Postgres);
    }

    // A shard that waited behind a definition has committed it before the gate knows of it; what it does not find then the plan names by its former name.
    private bool IsOutdated(Exception failure, GateRequest request, RunningStatement running)
    {
        if (failure is not VitessException { SqlState: "42703" or "42P01" or "42883" or "42804" } || running.Session is not { IsPast: false } session) return false;
        return (schema.Publishing is not null || schema.Current.VSchema.Version != session.Catalog.VSchema.Version) && IsPlanned(request);
    }

    // What cannot be read was passed on as it is.
    private static bool IsPlanned(GateRequest request)
    {
        try
        {
            return SqlParser.Parse(request.Sql, request.Dialect ?? SqlDialect.Postgres) is SelectStatement or InsertStatement or UpdateStatement or DeleteStatement;
        }
        catch (VitessException)
        {
            return false;
        }
    }

    /// <summary>Requires that a write gives the columns that its client knows: QUERY_ERROR (0A000).</summary>
    private static void RequireTold(IReadOnlyList<Field> told, IReadOnlyList<Field> fields)
    {
        if (ReferenceEquals(told, fields) || (told.Count == fields.Count && told.Zip(fields).All(pair => (pair.First.Name, pair.First.Type) == (pair.Second.Name, pair.Second.Type)))) return;
        throw GateDescription.Changed();
    }
}
