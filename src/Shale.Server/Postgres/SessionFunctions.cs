using System.Diagnostics;
using Shale.Contracts;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>The functions of <see cref="SessionCalls"/>: what they do to the session. Not thread-safe.</summary>
/// <param name="notifications">What pg_notify tells.</param>
/// <param name="locks">The session's advisory locks.</param>
/// <param name="variables">What set_config sets.</param>
/// <param name="cancel">Ends a wait for a lock, or for time to pass.</param>
/// <param name="backends">What is done to other sessions.</param>
/// <param name="notice">Is told of what the client should know.</param>
internal sealed class SessionFunctions(SessionNotifications notifications, SessionLocks locks, SessionVariables variables, StatementCancel cancel, BackendCalls backends, Action<ErrorFields> notice)
{
    // No timer waits for longer than some weeks.
    private const double MostSeconds = 600;

    /// <summary>Does what a row calls for, and gives the row of the statement. Errors: those of the functions.</summary>
    /// <param name="calls">The statement.</param>
    /// <param name="asked">A row of its query.</param>
    /// <param name="target">What the session speaks to.</param>
    /// <param name="began">When the statement began, as <see cref="Stopwatch"/> counts.</param>
    public async ValueTask<SqlValue[]> CallAsync(SessionCalls calls, SqlValue[] asked, string target, long began)
    {
        var row = new SqlValue[calls.Items.Count];
        var at = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var item = calls.Items[i];
            var arguments = asked.AsMemory(at, item.Width);
            row[i] = item.Call switch
            {
                null => asked[at],
                SessionCalls.Sleep => await SleptAsync(asked[at], began),
                var function when BackendCalls.Is(function) => await EndedAsync(function, asked[at], item.Width > 1 ? asked[at + 1] : SqlValue.Integer(0), began),
                var function when AdvisoryCall.Is(function) => await LockedAsync(function, arguments, target),
                var function => Called(function, arguments.Span, target),
            };
            at += item.Width;
        }

        return row;
    }

    /// <summary>set_config: the value that the variable has then. Errors: QUERY_ERROR (22004) without a name; those of SET.</summary>
    public string Set(string? name, string? value, bool isLocal)
    {
        if (name is null) throw new VitessException(ErrorCodes.QueryError, "SET requires parameter name", sqlState: "22004");
        variables.Set(name, value is null ? [] : [value], isLocal);
        return variables.Get(name);
    }

    private async ValueTask<SqlValue> SleptAsync(SqlValue seconds, long began)
    {
        if (seconds.IsNull) return SqlValue.Null;
        await WaitAsync(
            async token =>
            {
                for (var left = seconds.AsReal(); left > 0; left -= MostSeconds) await Task.Delay(TimeSpan.FromSeconds(Math.Min(left, MostSeconds)), token);
            },
            began);
        return SqlValue.Text("");
    }

    private async ValueTask<SqlValue> EndedAsync(string function, SqlValue process, SqlValue timeout, long began)
    {
        var done = backends.Call(function, process, timeout, out var ending);
        if (ending is null) return done;
        var patience = TimeSpan.FromMilliseconds(Math.Min(timeout.AsInteger(), MostSeconds * 1000));
        var hasEnded = false;
        await WaitAsync(async token => hasEnded = await Task.WhenAny(ending, Task.Delay(patience, token)) == ending, began);
        if (!hasEnded) backends.Outlived(process, timeout);
        return SqlValue.Boolean(hasEnded);
    }

    // Without a thread; as every wait of a statement it can be cancelled, and statement_timeout ends it.
    private async ValueTask WaitAsync(Func<CancellationToken, Task> waitAsync, long began)
    {
        var token = cancel.Begin();
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(token);
        if (variables.Settings.Statement is { } limit) wait.CancelAfter(TimeSpan.FromTicks(Math.Max(0, (limit - Stopwatch.GetElapsedTime(began)).Ticks)));
        try
        {
            await waitAsync(wait.Token);
            wait.Token.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            throw new VitessException(ErrorCodes.Timeout, "canceling statement due to statement timeout", sqlState: "57014");
        }
        finally
        {
            cancel.End();
        }
    }

    private async ValueTask<SqlValue> LockedAsync(string function, ReadOnlyMemory<SqlValue> arguments, string target)
    {
        if (function == AdvisoryCall.UnlockAll)
        {
            locks.ReleaseKept();
            return SqlValue.Text("");
        }

        SqlValue[] numbers = arguments.ToArray();
        if (Array.Exists(numbers, number => number.IsNull)) return SqlValue.Null;
        var call = AdvisoryCall.Read(function, SessionNotifications.DatabaseOf(target), numbers);
        if (AdvisoryCall.Tries(function)) return SqlValue.Boolean(locks.TryTake(call));
        if (AdvisoryCall.Releases(function))
        {
            var had = locks.Release(call);
            if (!had) notice(new ErrorFields("WARNING", "01000", $"you don't own a lock of type {(call.Exclusive ? "ExclusiveLock" : "ShareLock")}"));
            return SqlValue.Boolean(had);
        }

        var token = cancel.Begin();
        try
        {
            await locks.TakeAsync(call, variables.Settings.Lock, variables.Settings.Statement, token);
            return SqlValue.Text("");
        }
        finally
        {
            cancel.End();
        }
    }

    private SqlValue Called(string function, ReadOnlySpan<SqlValue> asked, string target)
    {
        if (function == "pg_notify") return Notified(target, TextOf(asked[0]) ?? "", TextOf(asked[1]) ?? "");
        return SqlValue.Text(Set(TextOf(asked[0]), TextOf(asked[1]), !asked[2].IsNull && asked[2].AsInteger() != 0));

        static string? TextOf(SqlValue value) => value.IsNull ? null : value.AsText();
    }

    private SqlValue Notified(string target, string channel, string payload)
    {
        notifications.Notify(target, channel, payload);
        return SqlValue.Text("");
    }
}
