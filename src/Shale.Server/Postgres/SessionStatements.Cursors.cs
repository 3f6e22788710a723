using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>Cursors.</summary>
internal sealed partial class SessionStatements
{
    private static TypedSql? Within(CursorDeclaration declaration, TypedSql? typed) => typed is null ? null : new TypedSql(declaration.Query, typed.Types);

    private async ValueTask<GateDescription> DescribeCursorAsync(CursorDeclaration declaration, TypedSql? typed) =>
        await DescribeAsync(declaration.Query, Within(declaration, typed)) with { Command = "", Fields = [] };

    /// <summary>Declares a cursor. Errors: those of its query; TRANSACTION_ERROR (25P01) outside of transactions.</summary>
    public async ValueTask<OpenResult> DeclareAsync(CursorDeclaration declaration, IReadOnlyList<SqlValue> parameters, bool alone, TypedSql? typed)
    {
        var isOutside = alone && !_transaction.IsBlock && !_transaction.IsImplied;
        if (isOutside && !declaration.IsHold) throw new VitessException(ErrorCodes.TransactionError, "DECLARE CURSOR can only be used in transaction blocks", sqlState: "25P01", hint: "Begin a transaction, or declare the cursor WITH HOLD.");
        _cursors.RequireRoom(declaration.Name);
        try
        {
            await _cursors.AddAsync(declaration, await OpenAsync(declaration.Query, parameters, alone, typed: Within(declaration, typed)), _transaction.Depth, isOutside);
        }
        catch (VitessException failure)
        {
            throw QueryString.Moved(failure, declaration.Statement, declaration.Start);
        }

        Pause();
        return OpenResult.Done("DECLARE CURSOR");
    }

    /// <summary>Fetches rows of a cursor, which its caller disposes.</summary>
    public async ValueTask<OpenResult> FetchAsync(CursorMove move)
    {
        var rows = _cursors.Get(move.Name).FetchAsync(move).GetAsyncEnumerator();
        Resume();
        try
        {
            await rows.MoveNextAsync();
            return new OpenResult { Command = "FETCH", HasRows = true }.With(rows.Current, rows, _ended);
        }
        catch
        {
            Pause();
            await rows.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes a cursor, if it is still there.</summary>
    public ValueTask CloseCursorAsync(string name) => _cursors.Find(name) is null ? ValueTask.CompletedTask : _cursors.CloseAsync(name);
}
